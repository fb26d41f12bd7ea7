import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { ArmatureError, type JsonObject, type JsonValue } from "@armature/contracts";
import type { DataSet, EvalCase } from "../eval-case.js";
import { dataSet } from "./data-set.js";

export type CsvRow = { readonly [column: string]: string };

/**
 * Reads a data set from a CSV file (RFC 4180) whose first row names the columns. Without `map`, `id` is the id (the
 * row's number where there is none) and dotted columns build objects: `input.email`, `expected.category`. A cell is
 * text and stays text: what is a number is for `map` to say.
 */
export function csv(file: string | URL, map: (row: CsvRow, index: number) => EvalCase = caseOfRow): DataSet {
  const [head, ...rows] = parseCsv(readFileSync(file, "utf8"), String(file));
  const wrong = describeColumns(head?.cells ?? []);
  if (wrong !== undefined) throw new ArmatureError("CONFIG_INVALID", `${file}:1: ${wrong}`);
  const cases = rows.map(({ cells, line }, index) => {
    if (cells.length !== head!.cells.length) {
      const message = `${file}:${line}: has ${cells.length} cells, the first row has ${head!.cells.length}`;
      throw new ArmatureError("CONFIG_INVALID", message);
    }
    return map(Object.fromEntries(cells.map((cell, column) => [head!.cells[column]!, cell])), index);
  });
  return dataSet(basename(String(file)), cases, (index) => `${file}:${rows[index]!.line}`);
}

/** What is wrong with the names of the columns: a cell would hide another one. */
function describeColumns(columns: readonly string[]): string | undefined {
  for (const [index, column] of columns.entries()) {
    if (column === "") return `column ${index + 1} has no name`;
    if (columns.indexOf(column) < index) return `two columns are named "${column}"`;
    const inside = columns.find((other) => other.startsWith(`${column}.`));
    if (inside !== undefined) return `column "${column}" is a text and cannot hold "${inside}" too`;
  }
  return undefined;
}

function caseOfRow(row: CsvRow, index: number): EvalCase {
  const built: JsonObject = {};
  for (const [column, cell] of Object.entries(row)) {
    const path = column.split(".");
    let at = built;
    for (const key of path.slice(0, -1)) {
      if (!Object.hasOwn(at, key)) Object.defineProperty(at, key, { value: {}, enumerable: true, writable: true });
      at = at[key] as JsonObject;
    }
    Object.defineProperty(at, path.at(-1)!, { value: cell satisfies JsonValue, enumerable: true, writable: true });
  }
  return { id: String(index + 1), ...built } as unknown as EvalCase;
}

interface CsvRecord {
  readonly cells: readonly string[];
  readonly line: number;
}

function parseCsv(source: string, file: string): CsvRecord[] {
  const text = source.replace(/^\uFEFF/, "");
  const records: CsvRecord[] = [];
  let cells: string[] = [];
  let [line, start, at] = [1, 1, 0];
  const end = () => {
    if (cells.length > 1 || cells[0] !== "") records.push({ cells, line: start });
    cells = [];
    start = line;
  };
  while (at < text.length) {
    let cell = "";
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (at >= text.length) {
          throw new ArmatureError("CONFIG_INVALID", `${file}:${start}: a quoted cell has no end`);
        }
        if (text[at] === '"') at++;
        if (text[at] === "\n") line++;
        cell += text[at];
      }
      at++;
      if (at < text.length && !/^(?:,|\r?\n|\r?$)/.test(text.slice(at, at + 2))) {
        throw new ArmatureError("CONFIG_INVALID", `${file}:${line}: a quoted cell ends in front of other text`);
      }
    }
    while (at < text.length && text[at] !== "," && text[at] !== "\n") cell += text[at++];
    const last = at >= text.length || text[at] === "\n";
    cells.push(last ? cell.replace(/\r$/, "") : cell);
    at++;
    if (!last) {
      if (at >= text.length) cells.push("");
      continue;
    }
    line++;
    end();
  }
  if (cells.length > 0) end();
  return records;
}
