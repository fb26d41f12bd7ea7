import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { judge } from "./router/judge.js";
import { readWeights } from "./router/weights.js";
import { router } from "./router.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "router-bench-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const rows = Array.from({ length: 40 }, (_, index) => ({
  id: `q-${index}`,
  bench: index % 2 === 0 ? "mmlu" : "gsm8k",
  subject: "sums",
  prompt: `How many apples are ${index} apples and ${index} more?`,
  weak_correct: index % 4 < 2,
  strong_correct: true,
}));

test("scores every row, with weights that were learned elsewhere", async () => {
  vi.spyOn(console, "log").mockImplementation(() => {});
  writeFileSync(join(folder, "router.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
  const { lines, figures, targets } = await router({ data: folder });
  const scored = (lines ?? []).map((line) => JSON.parse(line) as { id: string; score: number });
  expect(scored.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  for (const { score } of scored) expect(Number.isFinite(score)).toBe(true);
  expect(figures).toMatchObject({ learnedFromTheseRows: false, oracle: { mmlu: { apgr: 0.75 } } });
  expect(targets).toHaveLength(5);
});

test("an interval holds its own figure, and is the same in each run", () => {
  const scores = rows.map((_, index) => (index * 7) % 40);
  const judged = judge(rows, scores);
  expect(judged.apgrFrom).toBeLessThan(judged.apgr);
  expect(judged.apgrTo).toBeGreaterThan(judged.apgr);
  expect(judge(rows, scores)).toEqual(judged);
});

test("the weights are numbers and names of signs, no text", () => {
  const { model } = readWeights();
  const text = JSON.stringify({ ...model, signs: Object.keys(model.signs).length });
  const words = new Set(text.match(/[a-z]{3,}/gi));
  for (const word of words) expect(JSON.stringify(Object.keys(flat(model)))).toContain(word);
});

function flat(value: object): Record<string, true> {
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) => ({
      [key]: true,
      ...(inner !== null && typeof inner === "object" ? flat(inner) : {}),
    })),
  );
}
