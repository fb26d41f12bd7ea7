/** The conditions that are equal for both contestants. */
export interface Contest {
  readonly baseUrl: string | undefined;
  readonly apiKey: string;
  readonly fastModel: string;
  readonly strongModel: string;
  /** Where databases and the quarantine go. */
  readonly folder: string;
  /** E-mails under way at once. */
  readonly concurrency: number;
  /** The longest attempt of Armature. Milliseconds. */
  readonly attemptTimeoutMs: number;
  /** The raw client's timeout; its own ten minutes when absent. Milliseconds. */
  readonly rawTimeoutMs: number | undefined;
  /** What Armature may spend in a day; nothing holds it where the price of the model may be unknown. US dollars. */
  readonly dayBudgetUsd: number | undefined;
  /** Called once an e-mail is done. */
  readonly onProgress: () => void;
}
