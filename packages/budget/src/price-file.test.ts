import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { costOf } from "./cost.js";
import { readPrices } from "./price-file.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "prices-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(content: string): string {
  const path = join(folder, "prices.json");
  writeFileSync(path, content);
  return path;
}

test("prices a model that the list lacks, with long contexts and service tiers", () => {
  const overlay = readPrices(
    write(
      JSON.stringify({
        "vllm/house": {
          input: 2,
          output: 8,
          cachedInput: 0.5,
          longContext: [{ above: 1_000, input: 4, output: 16, cachedInput: 1 }],
          serviceTiers: { flex: { input: 1, output: 4 } },
        },
      }),
    ),
  );
  const cost = (inputTokens: number, serviceTier?: string) =>
    costOf({ inputTokens, outputTokens: 100, ...(serviceTier && { serviceTier }) }, "vllm", "house", overlay).microUsd;
  expect(cost(1_000)).toBe(2_000 + 800);
  expect(cost(1_001)).toBe(4_004 + 1_600);
  expect(cost(1_000, "flex")).toBe(1_000 + 400);
  expect(cost(1_000, "nobody's")).toBe(2_000 + 800);
  const cached = { inputTokens: 2_000, cachedInputTokens: 500, outputTokens: 0 };
  expect(costOf(cached, "vllm", "house", overlay).microUsd).toBe(6_000 + 500);
});

test("names the file and every field that is wrong", () => {
  const path = write(JSON.stringify({ a: { input: "free", output: 1 }, b: { input: 1, output: -1, outputt: 2 } }));
  expect(() => readPrices(path)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  expect(() => readPrices(path)).toThrow(/prices\.json is wrong at a\.input: .*at b\.output: .*outputt/s);
  expect(() => readPrices(write("{"))).toThrow(/prices\.json cannot be read as JSON/);
  expect(() => readPrices(join(folder, "none.json"))).toThrow(/none\.json cannot be read/);
});
