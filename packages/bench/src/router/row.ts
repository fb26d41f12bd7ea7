import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A question, and whether a weak and a strong model answered it right. */
export interface RouterRow {
  readonly id: string;
  readonly bench: string;
  readonly subject: string;
  readonly prompt: string;
  readonly weak_correct: boolean;
  readonly strong_correct: boolean;
}

export interface RouterData {
  readonly text: string;
  readonly rows: readonly RouterRow[];
}

/** `router.jsonl` of a folder. */
export function readRouterData(folder: string): RouterData {
  const text = readFileSync(join(folder, "router.jsonl"), "utf8");
  const lines = text.split("\n").filter((line) => line !== "");
  return { text, rows: lines.map((line) => JSON.parse(line) as RouterRow) };
}
