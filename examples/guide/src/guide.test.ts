import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { formatWithOptions } from "node:util";
import { runCli } from "@armature/cli";
import { type Provider, startProvider } from "@armature/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

const docs = new URL("../../../docs/", import.meta.url);
const here = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "armature-guide-"));
const pages = readdirSync(new URL("guide/", docs)).map((name) => basename(name, ".md"));

const read = (url: URL) => readFileSync(url, "utf8");
const source = (name: string) => new URL(name, import.meta.url);
const blocksOf = (markdown: string) => Array.from(markdown.matchAll(/```ts[^\n]*\n(.*?)```/gs), ([, block]) => block!);
const printedBy = (program: string) => Array.from(program.matchAll(/^\/\/ → (.*)/gm), ([, line]) => line);

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider({
    respond: ({ text, messages }) => {
      if (text.includes("umbrella")) {
        const isTold = messages.at(-1)?.role === "tool";
        return isTold
          ? '{"umbrella": true}'
          : { toolCalls: [{ name: "forecast", arguments: { city: "Vienna", days: "3" } }] };
      }
      return text.includes("e-mail") ? '{"category": "billing", "summary": "Charged twice."}' : '{"city": "Vienna"}';
    },
  });
  vi.stubEnv("OPENAI_BASE_URL", provider.url);
  vi.stubEnv("OPENAI_API_KEY", "test");
});
afterEach(() => {
  process.chdir(here);
  vi.restoreAllMocks();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
  await provider.close();
});

describe.each(pages)("the page %s of the guide", (page) => {
  const markdown = read(new URL(`guide/${page}.md`, docs));

  it("shows the files that are built and tested here, and no other TypeScript", () => {
    const files = [`${page}.ts`, `${page}.test.ts`].map(source).filter((file) => existsSync(file));
    expect(files.length).toBeGreaterThan(0);
    expect(blocksOf(markdown)).toEqual(files.map(read));
  });

  it("prints what it says", async () => {
    const printed: string[] = [];
    vi.spyOn(console, "log").mockImplementation((...values) => {
      printed.push(formatWithOptions({ breakLength: Number.POSITIVE_INFINITY }, ...values));
    });
    process.chdir(mkdtempSync(join(folder, "page-")));
    await import(/* @vite-ignore */ source(`${page}.ts`).href);
    expect(printed).toEqual(printedBy(read(source(`${page}.ts`))));
  });
});

describe("the rest of the documentation", () => {
  it("has no TypeScript that nobody runs", () => {
    const others = readdirSync(docs, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md") && !name.startsWith("guide"))
      .filter((name) => blocksOf(read(new URL(name, docs))).length > 0);
    expect(others).toEqual([]);
  });

  it("streams in the README as in the guide", () => {
    const [, streaming] = blocksOf(read(new URL("../README.md", docs)));
    expect(read(source("streaming.ts"))).toContain(streaming);
  });

  it("names every command of `armature` in the README", async () => {
    let help = "";
    const write = (text: string) => {
      help += `${text}\n`;
    };
    await runCli(["--help"], { cwd: here, out: write, err: write });
    const commands = Array.from(help.matchAll(/^ {2}([a-z]+(?: [a-z]+)?)/gm), ([, name]) => name!);
    expect(commands.length).toBeGreaterThan(5);
    const readme = read(new URL("../README.md", docs));
    expect(commands.filter((name) => !new RegExp(`\`${name}\\b`).test(readme))).toEqual([]);
  });
});
