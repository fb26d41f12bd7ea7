import { ArmatureError, type JsonObject } from "@armature/contracts";
import { type OutputStream, streamOutput } from "@armature/output";
import { jsonSchemaOf, type Row, readRows } from "../output/rows.js";

const FILES = ["repair.jsonl", "bfcl_text.jsonl", "bfcl_fc.jsonl"];
const CHUNK = 7;

/** What had been shown of the outputs of one file when they came to their end. */
interface Streamed {
  /** Outputs of which `parseOutput` makes a value. */
  values: number;
  /** The value had been shown whole before the text was parsed as a whole. */
  whole: number;
  /** The beginning of the value was shown, and all of it at the end. */
  beginning: number;
  /** Nothing was shown before the end. */
  nothing: number;
  /** Something else was shown, and withdrawn. */
  withdrawn: number;
  /** Refused outputs of which something had been shown, and was withdrawn. */
  refusedAndWithdrawn: number;
}

/** Malformed outputs as streams of small pieces, by the file that they are from. */
export function streamRows(folder: string): Readonly<Record<string, Streamed>> {
  const figures: Record<string, Streamed> = {};
  for (const file of FILES) {
    const rows = readRows(folder, file);
    if (rows.length === 0) continue;
    const tally = { values: 0, whole: 0, beginning: 0, nothing: 0, withdrawn: 0, refusedAndWithdrawn: 0 };
    for (const row of rows) count(tally, row);
    figures[file.replace(".jsonl", "")] = tally;
  }
  return figures;
}

function count(tally: Streamed, row: Row): void {
  const stream = openStream(jsonSchemaOf(row) ?? {});
  if (stream === undefined) return;
  let restarts = 0;
  for (let at = 0; at < row.raw.length; at += CHUNK) {
    restarts += stream.push(row.raw.slice(at, at + CHUNK)).length;
    stream.partial();
  }
  const { value, growing } = stream.partial();
  const output = stream.end({ finish: "stop", ...(row.kind === "call" && { severalCalls: "first" }) });
  if (output.status === "refused") {
    if (output.restart !== undefined) tally.refusedAndWithdrawn += 1;
    return;
  }
  tally.values += 1;
  if (restarts > 0 || output.restart !== undefined) tally.withdrawn += 1;
  else if (value === undefined) tally.nothing += 1;
  else if (growing.length > 0) tally.beginning += 1;
  else tally.whole += 1;
}

/** A stream under a row's schema; undefined where the schema is none. */
export function openStream(schema: JsonObject): OutputStream<unknown> | undefined {
  try {
    return streamOutput(schema);
  } catch (error) {
    if (!ArmatureError.isInstance(error)) throw error;
    return undefined;
  }
}
