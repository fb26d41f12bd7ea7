import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ParsedOutput, parseOutput } from "@armature/output";
import { z } from "zod";
import { atMost, type Bench, type BenchResult } from "./bench.js";

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];

interface Row {
  readonly source: string;
  readonly id: string;
  readonly raw: string;
  readonly schema?: JsonSchema;
  readonly kind?: "call" | "args";
  readonly fn?: string;
  readonly expected?: unknown;
  readonly reject?: boolean;
  readonly compare?: string;
  readonly tags?: readonly string[];
  readonly agree?: number;
}

interface Tally {
  rows: number;
  value: number;
  refused: number;
  /** Of the rows that say what they expect. */
  right: number;
  silentlyWrong: number;
}

const FILES = ["repair.jsonl", "bfcl_text.jsonl", "bfcl_fc.jsonl"];
const GUESSES = ["valid_json", "unclosed", "ellipsis"];

/** Malformed output of many sources through `parseOutput`, judged by what each row expects. */
export const output: Bench = async ({ data = "../shared/data/output" }) => runOutput(data).result;

/** The same with one JSON line a row: `{file, source, id, status, value?, changes, issues}`. */
export function runOutput(data: string): { readonly lines: readonly string[]; readonly result: BenchResult } {
  const lines: string[] = [];
  const groups: Record<string, Tally> = {};
  for (const file of FILES.filter((name) => existsSync(join(data, name)))) {
    for (const row of rowsOf(join(data, file))) {
      const result = parseOutput(row.raw, schemaOf(row), { finish: "stop" });
      const { status, changes, issues } = result;
      const value = result.status === "value" ? { value: result.json } : {};
      lines.push(JSON.stringify({ file, source: row.source, id: row.id, status, ...value, changes, issues }));
      for (const name of groupsOf(file, row)) {
        groups[name] ??= { rows: 0, value: 0, refused: 0, right: 0, silentlyWrong: 0 };
        count(groups[name], row, result);
      }
    }
  }
  return { lines, result: { figures: groups, targets: targetsOf(groups) } };
}

function rowsOf(path: string): Row[] {
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Row);
}

function schemaOf(row: Row): z.ZodType {
  if (row.schema === undefined) return z.unknown();
  if (row.kind !== "call") return z.fromJSONSchema(row.schema);
  return z.object({ name: z.enum([row.fn ?? ""]), arguments: z.fromJSONSchema(row.schema) });
}

/** Rows that at least two parsers agree on and that need no guess are a group of their own. */
function groupsOf(file: string, row: Row): string[] {
  if (file !== "repair.jsonl") return [file];
  const isConsensus = (row.agree ?? 0) >= 2 && !row.reject && !GUESSES.some((tag) => row.tags?.includes(tag));
  return isConsensus ? [row.source, "consensus"] : [row.source];
}

function count(tally: Tally, row: Row, result: ParsedOutput<unknown>): void {
  tally.rows += 1;
  tally[result.status] += 1;
  if (row.reject === undefined) return;
  const equal = result.status === "value" && same(result.json, row.expected, row.compare === "nullish");
  const right = row.reject ? result.status === "refused" : equal;
  if (right) tally.right += 1;
  else if (result.status === "value") tally.silentlyWrong += 1;
}

function same(left: unknown, right: unknown, nullish: boolean): boolean {
  if (left === right || (nullish && (left ?? null) === (right ?? null))) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [one, other] = [left as Record<string, unknown>, right as Record<string, unknown>];
  if (!nullish && Object.keys(one).length !== Object.keys(other).length) return false;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) => same(one[key], other[key], nullish));
}

function targetsOf(groups: Readonly<Record<string, Tally>>): BenchResult["targets"] {
  const { "contract-hand": hand, consensus } = groups;
  return [
    ...(hand === undefined ? [] : [atMost("contract-hand rows not right", hand.rows - hand.right, 0)]),
    ...(consensus === undefined
      ? []
      : [
          atMost("consensus rows not right, share", 1 - consensus.right / consensus.rows, 0.1),
          atMost("consensus rows silently wrong, share", consensus.silentlyWrong / consensus.rows, 0.01),
        ]),
  ];
}
