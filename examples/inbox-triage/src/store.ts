import Database from "libsql";
import type { StoredRow } from "./oracle.js";

/** The table that the rest of a business would read from. */
export class RowStore {
  readonly #database: Database.Database;

  constructor(path: string) {
    this.#database = new Database(path);
    this.#database.exec(`DROP TABLE IF EXISTS inbox;
      CREATE TABLE inbox (id TEXT PRIMARY KEY, sender, subject, category, urgency, summary, amounts)`);
  }

  /** Values are stored as they come: nothing here knows what a row should look like. */
  insert(id: string, row: Readonly<Record<string, unknown>>): void {
    this.#database
      .prepare("INSERT INTO inbox VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(id, row.sender, row.subject, row.category, row.urgency, row.summary, JSON.stringify(row.amounts));
  }

  rows(): (StoredRow & { readonly id: string })[] {
    return this.#database.prepare("SELECT id, sender, subject, amounts FROM inbox").all() as (StoredRow & {
      id: string;
    })[];
  }

  close(): void {
    this.#database.close();
  }
}
