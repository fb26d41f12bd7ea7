import type { JsonValue } from "@armature/contracts";
import type { ParsedOutput } from "@armature/output";
import { Validator } from "@cfworker/json-schema";
import { accepts } from "./accept.js";
import { jsonSchemaOf, type Row } from "./rows.js";

/** How a group of rows came out. */
export interface Tally {
  rows: number;
  right: number;
  /** A value came out, and not the right one. */
  wrong: number;
  refused: number;
  /** A value came out that breaks the JSON Schema of its row, as a validator says that the parser does not use. */
  schemaBreaks: number;
}

export class Tallies {
  readonly groups: Record<string, Tally> = {};

  count(group: string, row: Row, result: ParsedOutput<unknown>): void {
    this.groups[group] ??= { rows: 0, right: 0, wrong: 0, refused: 0, schemaBreaks: 0 };
    const tally = this.groups[group];
    tally.rows += 1;
    if (result.status === "refused") tally.refused += 1;
    if (isRight(row, result)) tally.right += 1;
    else if (result.status === "value") tally.wrong += 1;
    if (result.status === "value" && breaksSchema(row, result.json)) tally.schemaBreaks += 1;
  }
}

function isRight(row: Row, result: ParsedOutput<unknown>): boolean {
  if (result.status === "refused") return row.reject === true || (isLossy(result.issues) && isStrictJson(row));
  if (row.reject) return false;
  if (row.accept === undefined) return same(result.json, row.expected ?? null, row.compare === "nullish");
  if (row.kind !== "call") return accepts(row.accept, result.json);
  const call = result.json as { readonly name?: JsonValue; readonly arguments?: JsonValue };
  return nameOf(call.name) === nameOf(row.fn) && accepts(row.accept, call.arguments);
}

function nameOf(name: JsonValue | undefined): string {
  return String(name).replaceAll(".", "_");
}

/** Valid JSON that loses something when it is parsed is refused, and that is right. */
function isStrictJson(row: Row): boolean {
  return row.source === "JSONTestSuite/y";
}

function isLossy(issues: readonly { readonly kind: string }[]): boolean {
  return issues.some(({ kind }) => kind === "duplicate_key" || kind === "lossy_value");
}

function breaksSchema(row: Row, json: JsonValue): boolean {
  const schema = jsonSchemaOf(row);
  return schema !== undefined && !new Validator(schema, "2020-12").validate(json).valid;
}

function same(left: JsonValue, right: JsonValue, nullish: boolean): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [one, other] = [left as Record<string, JsonValue>, right as Record<string, JsonValue>];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => {
    if (!nullish && !(Object.hasOwn(one, key) && Object.hasOwn(other, key))) return false;
    return same(one[key] ?? null, other[key] ?? null, nullish);
  });
}
