import type { Row } from "./row.js";

/** One way to get a row out of a model. */
export interface Contender {
  /** Rejects when the row is not valid: a contender that fails fast would look cheap. */
  run(email: string): Promise<Row>;
  close?(): Promise<void>;
}
