import { ArmatureError } from "@armature/contracts";
import { type ParsedOutput, type ParseOptions, parseOutput } from "@armature/output";
import { atLeast, atMost, type Bench, type BenchResult } from "./bench.js";
import { jsonSchemaOf, type Row, readRows } from "./output/rows.js";
import { speedFigures } from "./output/speed.js";
import { Tallies, type Tally } from "./output/tally.js";

const FILES = ["repair.jsonl", "bfcl_text.jsonl", "bfcl_fc.jsonl"];
/** What valid JSON does not show, and what cannot be had without a guess. */
const NO_CONSENSUS = ["valid_json", "unclosed", "ellipsis"];

/** Malformed output of many sources through `parseOutput`, judged by what each row expects; and how fast it is read. */
export const output: Bench = async ({ data = "../shared/data/output" }) => {
  const rows = measureRows(data);
  const speed = await speedFigures();
  return { ...rows, figures: { ...rows.figures, speed: speed.figures }, targets: [...rows.targets, ...speed.targets] };
};

/** Every row of a folder: its result as a JSON line, and how the groups came out. */
export function measureRows(folder: string): BenchResult & { readonly lines: readonly string[] } {
  const lines: string[] = [];
  const tallies = new Tallies();
  for (const file of FILES) {
    for (const row of readRows(folder, file)) {
      const result = parseRow(row);
      lines.push(lineOf(file, row, result));
      for (const group of groupsOf(file, row)) tallies.count(group, row, result);
    }
  }
  return { figures: tallies.groups, targets: targetsOf(tallies.groups), lines };
}

/** A row of calls is one turn of a model that may make one call a turn: the first that fits counts. */
function parseRow(row: Row): ParsedOutput<unknown> {
  const options: ParseOptions = { finish: "stop", ...(row.kind === "call" && { severalCalls: "first" }) };
  try {
    return parseOutput(row.raw, jsonSchemaOf(row) ?? {}, options);
  } catch (error) {
    // One schema that cannot be understood must not take the figures of all other rows with it.
    if (!ArmatureError.isInstance(error)) throw error;
    const issue = { kind: error.code, path: [], message: error.message };
    return { status: "refused", code: "OUTPUT_INVALID", issues: [issue], changes: [] };
  }
}

function lineOf(file: string, row: Row, result: ParsedOutput<unknown>): string {
  const { status, changes, issues } = result;
  const value = result.status === "value" ? { value: result.json } : {};
  return JSON.stringify({ file, source: row.source, id: row.id, status, ...value, changes, issues });
}

/** Malformed rows on which at least two other parsers agree are a group of their own. */
function groupsOf(file: string, row: Row): string[] {
  if (file !== "repair.jsonl") return [file.replace(".jsonl", "")];
  const isConsensus = (row.agree ?? 0) >= 2 && !row.reject && !NO_CONSENSUS.some((tag) => row.tags?.includes(tag));
  return isConsensus ? [row.source, "consensus"] : [row.source];
}

function targetsOf(groups: Readonly<Record<string, Tally>>): BenchResult["targets"] {
  const of = (name: string) => (groups[name] === undefined ? [] : [{ name, ...groups[name] }]);
  const share = (part: number, rows: number) => Math.round((part / rows) * 10_000) / 10_000;
  return [
    ...of("contract-hand").flatMap(({ name, rows, right, wrong }) => [
      atMost(`${name}: rows not right`, rows - right, 0),
      atMost(`${name}: silently wrong`, wrong, 0),
    ]),
    ...of("consensus").flatMap(({ name, rows, right, wrong }) => [
      atLeast(`${name}: share right`, share(right, rows), 0.9),
      atMost(`${name}: share silently wrong`, share(wrong, rows), 0.01),
    ]),
    ...of("JSONTestSuite/y").map(({ name, rows, right }) => atMost(`${name}: rows not right`, rows - right, 0)),
    ...of("bfcl_text").flatMap(({ name, rows, right, schemaBreaks }) => [
      atLeast(`${name}: share right`, share(right, rows), 0.93),
      atMost(`${name}: values that break their schema`, schemaBreaks, 0),
    ]),
    ...of("bfcl_fc").map(({ name, schemaBreaks }) =>
      atMost(`${name}: values that break their schema`, schemaBreaks, 0),
    ),
  ];
}
