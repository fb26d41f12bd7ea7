import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Provider, startProvider } from "@armature/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const blocks = Array.from(readme.matchAll(/```ts\n(.*?)```/gs), ([, block]) => block!);
const folder = fileURLToPath(new URL("./.readme/", import.meta.url));

let provider: Provider;
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  provider = await startProvider({
    respond: ({ text }) => (text.includes("three") ? "Danube, Nile, Rhine" : "Danube"),
    // The first model of the examples is down at first.
    faults: { "gpt-4.1-mini": (_, attempt) => (attempt === 1 ? { kind: "status", status: 503 } : undefined) },
  });
  vi.stubEnv("OPENAI_BASE_URL", provider.url);
  vi.stubEnv("OPENAI_API_KEY", "k");
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
  await provider.close();
});
afterEach(() => vi.restoreAllMocks());

describe("the examples of the README", () => {
  it.each(blocks.map((block, index) => [index + 1, block]))("example %i prints what it says", async (number, block) => {
    let printed = "";
    vi.spyOn(console, "log").mockImplementation((line: string) => {
      printed += `${line}\n`;
    });
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      printed += text;
      return true;
    });
    const file = `${folder}example-${number}.ts`;
    writeFileSync(file, `${block}`.replaceAll('"@armature/resilience"', '"../index.js"'));
    await import(/* @vite-ignore */ pathToFileURL(file).href);
    vi.restoreAllMocks();
    const promised = Array.from(`${block}`.matchAll(/\/\/ → (.*)/g), ([, line]) => line);
    expect(promised.length).toBeGreaterThan(0);
    expect(printed.trimEnd()).toBe(promised.join("\n"));
  });
});
