import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { ArmatureError } from "@armature/contracts";
import type { DataSet } from "../eval-case.js";
import { dataSet } from "./data-set.js";

/** Reads a data set from a file with one JSON case a line; empty lines do not count. */
export function jsonl(file: string | URL): DataSet {
  const lines = readFileSync(file, "utf8")
    .replace(/^\uFEFF/, "")
    .split("\n")
    .flatMap((text, index) => (text.trim() === "" ? [] : [{ text, place: `${file}:${index + 1}` }]));
  const cases = lines.map(({ text, place }): unknown => {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new ArmatureError("CONFIG_INVALID", `${place}: is not JSON: ${(cause as Error).message}`, { cause });
    }
  });
  return dataSet(basename(String(file)), cases, (index) => lines[index]!.place);
}
