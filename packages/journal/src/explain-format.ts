import type { JsonPath, JsonValue } from "@armature/contracts";

/** The most lines that one list may take, so that the whole stays on a screen. */
const LIST_LIMIT = 8;
const LABEL_WIDTH = 10;

/** `title` in front of the first line, the others under it; nothing when there are no lines. */
export function section(title: string, lines: readonly string[]): string[] {
  const shown =
    lines.length > LIST_LIMIT + 1 ? [...lines.slice(0, LIST_LIMIT), more(lines.length - LIST_LIMIT)] : lines;
  return shown.map((line, index) => `${(index === 0 ? title : "").padEnd(LABEL_WIDTH)}${line}`.trimEnd());
}

function more(count: number): string {
  return `… and ${count} more; the record has them all`;
}

/** Columns as wide as their widest cell. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** JSON on one line, cut to `width` characters. */
export function brief(value: JsonValue | undefined, width = 60): string {
  return cut(value === undefined ? "nothing" : JSON.stringify(value), width);
}

/** Text on one line, cut to `width` characters. What a model wrote must not steer the reader's terminal. */
export function cut(text: string, width = 60): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, " ").trim();
  if (line.length <= width) return line;
  // Not between the halves of a surrogate pair.
  const end = /[\ud800-\udbff]/.test(line[width - 2] ?? "") ? width - 2 : width - 1;
  return `${line.slice(0, end)}…`;
}

/** `invoice.lines[2].amount`; the whole value is `value`. */
export function pathText(path: JsonPath): string {
  const text = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${cut(key, 40)}`)).join("");
  return text === "" ? "value" : text.replace(/^\./, "");
}

/** Micro-dollars as dollars. */
export function usd(microUsd: number): string {
  return `${(microUsd / 1_000_000).toFixed(6)} USD`;
}

export function milliseconds(ms: number): string {
  return ms >= 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms)} ms`;
}
