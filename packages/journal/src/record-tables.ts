import type { ErasureScope, Feedback, RecordOpening, RecordStatus, RequestRecord } from "@armature/contracts";
import type { SqliteDatabase, SqliteStatement } from "@armature/sqlite";
import { RECORD_COLUMNS, recordOfOpening, recordRow } from "./record-row.js";

const OPEN = `INSERT INTO openings (request_id, owner, opening)
  SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM records WHERE request_id = ?1 AND status = 'finished')
  ON CONFLICT (request_id) DO UPDATE SET owner = excluded.owner`;

const UPDATES = RECORD_COLUMNS.slice(1).map((column) => `${column} = excluded.${column}`);

const WRITE = `INSERT INTO records (${RECORD_COLUMNS.join(", ")}) VALUES (${RECORD_COLUMNS.map(() => "?").join(", ")})
  ON CONFLICT (request_id) DO UPDATE SET ${UPDATES.join(", ")} RETURNING id`;

/** The statements that write and read single records. They run inside the transactions of whoever calls. */
export class RecordTables {
  readonly #database: SqliteDatabase;
  readonly #owner: string;
  readonly #open: SqliteStatement;
  readonly #close: SqliteStatement;
  readonly #writeRow: SqliteStatement;
  readonly #writeContent: SqliteStatement;
  readonly #readContent: SqliteStatement;
  readonly #readOpening: SqliteStatement;

  /** @param owner the process that is responsible for what is opened here */
  constructor(database: SqliteDatabase, owner: string) {
    this.#database = database;
    this.#owner = owner;
    this.#open = database.prepare(OPEN);
    this.#close = database.prepare("DELETE FROM openings WHERE request_id = ?");
    this.#writeRow = database.prepare(WRITE);
    this.#writeContent = database.prepare(
      "INSERT INTO contents (id, record) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record",
    );
    this.#readContent = database.prepare(
      "SELECT id, status, record FROM records JOIN contents USING (id) WHERE request_id = ?",
    );
    this.#readOpening = database.prepare("SELECT opening FROM openings WHERE request_id = ?");
  }

  /** `false` when the request has a finished record already. */
  open(requestId: string, json: string): boolean {
    return this.#open.run([requestId, this.#owner, json]).changes > 0;
  }

  /** @param json the record as it is to be kept */
  write(record: RequestRecord, json: string): void {
    if (record.status === "open") this.#open.run([record.requestId, this.#owner, json]);
    else this.#close.run([record.requestId]);
    const row = recordRow(record, json.length);
    const { id } = this.#writeRow.get(RECORD_COLUMNS.map((column) => row[column])) as { id: number };
    this.#writeContent.run([id, json]);
  }

  read(requestId: string): RequestRecord | undefined {
    const opening = this.#readOpening.get([requestId]) as { opening: string } | undefined;
    const row = this.#readContent.get([requestId]) as ContentRow | undefined;
    if (row) return this.#withFeedback(requestId, { ...JSON.parse(row.record), status: opening ? "open" : row.status });
    return opening && recordOfOpening(JSON.parse(opening.opening) as RecordOpening);
  }

  /** The record that was written last, without feedback; `undefined` for one that has only been opened. */
  kept(requestId: string): RequestRecord | undefined {
    const row = this.#readContent.get([requestId]) as ContentRow | undefined;
    return row && (JSON.parse(row.record) as RequestRecord);
  }

  addFeedback(requestId: string, { score, comment, at }: Feedback): boolean {
    if (!this.#readContent.get([requestId])) return false;
    this.#database
      .prepare("INSERT INTO feedback (request_id, score, comment, at) VALUES (?, ?, ?, ?)")
      .run([requestId, score, comment ?? null, at]);
    return true;
  }

  /** The ids of the requests in a scope. Openings hold no content. */
  inScope({ tenant, user, thread }: ErasureScope): string[] {
    const more = [user !== undefined && "AND user = ?", thread !== undefined && "AND thread = ?"].filter(Boolean);
    const values = [tenant, user, thread].filter((value) => value !== undefined);
    const sql = `SELECT request_id FROM records WHERE tenant = ? ${more.join(" ")}`;
    return (this.#database.prepare(sql).all(values) as { request_id: string }[]).map((row) => row.request_id);
  }

  /** Replaces the content of a record, feedback included, and leaves what it is found by. */
  change(requestId: string, edit: (record: RequestRecord) => RequestRecord): void {
    const row = this.#readContent.get([requestId]) as ContentRow | undefined;
    if (!row) return;
    const { feedback = [], ...record } = edit(this.#withFeedback(requestId, JSON.parse(row.record) as RequestRecord));
    const json = JSON.stringify(record);
    this.#writeContent.run([row.id, json]);
    this.#database.prepare("UPDATE records SET bytes = ? WHERE id = ?").run([json.length, row.id]);
    this.#database.prepare("DELETE FROM feedback WHERE request_id = ?").run([requestId]);
    for (const one of feedback) this.addFeedback(requestId, one);
  }

  #withFeedback(requestId: string, record: RequestRecord): RequestRecord {
    const rows = this.#database
      .prepare("SELECT score, comment, at FROM feedback WHERE request_id = ? ORDER BY id")
      .all([requestId]) as { score: number; comment: string | null; at: number }[];
    if (rows.length === 0) return record;
    const feedback = rows.map(({ comment, ...one }) => ({ ...one, ...(comment !== null && { comment }) }));
    return { ...record, feedback };
  }
}

interface ContentRow {
  readonly id: number;
  readonly status: RecordStatus;
  readonly record: string;
}
