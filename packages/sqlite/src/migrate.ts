import type { Database } from "libsql";

/** The schema of one owner in a file that it may share with others. */
export interface Migrations {
  /** Names the table that keeps the version: `<owner>_migrations`. */
  readonly owner: string;
  /** SQL, applied in order, each once for a file; what has been released is never edited. */
  readonly steps: readonly string[];
}

/**
 * Brings the file to the newest schema, under the write lock, so that processes which start together do it once.
 *
 * @throws Error when the file has been written by a newer version
 */
export function migrate(database: Database, { owner, steps }: Migrations): void {
  const table = `${owner}_migrations`;
  database.exec("BEGIN IMMEDIATE");
  try {
    database.exec(`CREATE TABLE IF NOT EXISTS ${table} (version INTEGER PRIMARY KEY)`);
    const row = database.prepare(`SELECT max(version) AS version FROM ${table}`).get();
    const current = (row as { version: number | null }).version ?? 0;
    if (current > steps.length) {
      throw new Error(
        `its ${owner} schema is version ${current}, and this version of Armature knows ${steps.length}: update it`,
      );
    }
    const applied = database.prepare(`INSERT INTO ${table} (version) VALUES (?)`);
    for (const [index, sql] of steps.entries()) {
      if (index < current) continue;
      database.exec(sql);
      applied.run(index + 1);
    }
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
