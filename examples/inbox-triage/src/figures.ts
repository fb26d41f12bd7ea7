import type { Email } from "./emails.js";
import { wrongFields } from "./oracle.js";
import type { RowStore } from "./store.js";

/** One column of the table. */
export interface Figures {
  readonly stored: number;
  readonly wrong: number;
  readonly crashes: number;
  readonly quarantined: number;
  /** HTTP requests to the provider. */
  readonly calls: number;
  readonly usd: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Stored rows that the oracle finds wrong. */
export function countWrong(store: RowStore, emails: readonly Email[]): { stored: number; wrong: number } {
  const byId = new Map(emails.map((email) => [email.id, email]));
  const rows = store.rows();
  const wrong = rows.filter((row) => {
    const email = byId.get(row.id)!;
    return wrongFields(row, email.raw, email.body).length > 0;
  });
  return { stored: rows.length, wrong: wrong.length };
}

/** The smallest value that at least `share` of the values do not exceed; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
}
