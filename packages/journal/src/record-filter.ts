import type { RecordFilter } from "@armature/contracts";
import type { RecordRow } from "./record-row.js";

type Column = keyof RecordRow;
type Operator = "=" | ">=" | "<=" | "<";

/** One comparison of a filter, and the index that finds its rows, where there is one; for `=`, newest first. */
export interface Term {
  readonly column: Column;
  readonly operator: Operator;
  readonly value: string | number;
  readonly index?: string;
}

/** What an index leaves out; SQLite uses it only where the query says so too. `IS NOT NULL` it sees for itself. */
const LEFT_OUT: Readonly<Record<string, string>> = { records_by_status: "status <> 'finished'" };

/** What a filter asks for, as comparisons of columns. `status` "open" is not among them: open requests have no row. */
export function termsOf(filter: RecordFilter): Term[] {
  const terms: Term[] = [];
  const add = (value: string | number | undefined, column: Column, operator: Operator, index?: string) => {
    if (value !== undefined) terms.push({ column, operator, value, ...(index && { index }) });
  };
  add(filter.traceId, "trace_id", "=", "records_by_trace");
  add(filter.thread, "thread", "=", "records_by_thread");
  add(filter.tenant, "tenant", "=", "records_by_tenant");
  add(filter.failureCode, "failure_code", "=", "records_by_failure");
  add(filter.model, "model", "=", "records_by_model");
  add(filter.task, "task", "=", "records_by_task");
  add(filter.user, "user", "=", "records_by_user");
  add(filter.status, "status", "=", filter.status === "finished" ? undefined : "records_by_status");
  if (filter.prompt?.includes("@")) add(filter.prompt, "prompt", "=", "records_by_prompt");
  else if (filter.prompt !== undefined) {
    // Every version of one name: "A" is the character after "@".
    add(`${filter.prompt}@`, "prompt", ">=", "records_by_prompt");
    add(`${filter.prompt}A`, "prompt", "<", "records_by_prompt");
  }
  add(filter.since, "accepted_at", ">=");
  add(filter.until, "accepted_at", "<");
  add(filter.costAtLeastMicroUsd, "cost_micro_usd", ">=");
  add(filter.costAtMostMicroUsd, "cost_micro_usd", "<=");
  add(filter.durationAtLeastMs, "duration_ms", ">=");
  add(filter.durationAtMostMs, "duration_ms", "<=");
  return terms;
}

/** The same filter in memory. Comparisons are SQLite's: nothing compares with `null`. */
export function satisfies(row: RecordRow, terms: readonly Term[]): boolean {
  return terms.every(({ column, operator, value }) => {
    const own = row[column];
    if (own === null) return false;
    if (operator === "=") return own === value;
    if (operator === ">=") return own >= value;
    return operator === "<=" ? own <= value : own < value;
  });
}

/** `WHERE` with its values; nothing for no terms. */
export function whereOf(terms: readonly Term[]): { sql: string; values: (string | number)[] } {
  if (terms.length === 0) return { sql: "", values: [] };
  const conditions = terms.map(({ column, operator, index = "" }) => {
    const condition = `${column} ${operator} ?`;
    return LEFT_OUT[index] ? `${condition} AND ${LEFT_OUT[index]}` : condition;
  });
  return { sql: `WHERE ${conditions.join(" AND ")}`, values: terms.map(({ value }) => value) };
}
