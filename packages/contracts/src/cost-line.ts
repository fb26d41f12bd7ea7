/** What one attempt, embedding or tool cost. Money is in integer micro-dollars (1 USD = 1,000,000), rounded up. */
export interface CostLine {
  /** The attempt that caused it. */
  readonly attemptId: string;
  readonly what: "model" | "embedding" | "tool";
  /** The model or tool that was paid. */
  readonly name: string;
  readonly microUsd: number;
  /** Which price list the amount comes from; absent where the price is unknown and the amount therefore 0. */
  readonly priceVersion?: string;
}
