import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { formatWithOptions } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const blocks = Array.from(readme.matchAll(/```ts\n(.*?)```/gs), ([, block]) => block!);
const folder = fileURLToPath(new URL("./.readme/", import.meta.url));

beforeAll(() => mkdirSync(folder, { recursive: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

describe("the examples of the README", () => {
  it.each(blocks.map((block, index) => [index + 1, block]))("example %i prints what it says", async (number, block) => {
    const printed: string[] = [];
    vi.spyOn(console, "log").mockImplementation((...values) => {
      printed.push(formatWithOptions({ breakLength: Number.POSITIVE_INFINITY }, ...values));
    });
    const file = `${folder}example-${number}.ts`;
    const code = `${block}`.replaceAll('"@armature/plugin-router-cost"', '"../index.js"');
    writeFileSync(file, code.replaceAll('"./router.json"', JSON.stringify(`${folder}router.json`)));
    await import(/* @vite-ignore */ pathToFileURL(file).href);
    const promised = Array.from(`${block}`.matchAll(/\/\/ → (.*)/g), ([, line]) => line);
    expect(promised.length).toBeGreaterThan(0);
    expect(printed.join("\n")).toBe(promised.join("\n"));
  });
});
