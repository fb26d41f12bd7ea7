import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Provider, startProvider } from "@armature/testkit";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = process.cwd();
const scratch = mkdtempSync(join(tmpdir(), "armature-readmes-"));

// Packages with a `readme.test.ts` of their own also compare what their examples print.
const folders = ["packages", "plugins"]
  .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
  .filter((folder) => !existsSync(join(folder, "src/readme.test.ts")));

/** Writes the examples into the package, from where they find what it depends on. */
const examples = folders.flatMap((folder) => {
  const { name } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name: string };
  const readme = readFileSync(join(folder, "README.md"), "utf8");
  return Array.from(readme.matchAll(/```ts\n(.*?)```/gs), ([, block = ""], index) => {
    const file = join(folder, "src/.examples", `example-${index + 1}.ts`);
    mkdirSync(join(folder, "src/.examples"), { recursive: true });
    writeFileSync(file, block.replaceAll(`"${name}"`, '"../index.js"'));
    return { title: `${name}, example ${index + 1}`, url: pathToFileURL(file).href, isSuite: /^describe/m.test(block) };
  });
});

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider({ respond: () => "Danube" });
  vi.stubEnv("OPENAI_BASE_URL", provider.url);
  vi.stubEnv("OPENAI_API_KEY", "test");
  // An example that keeps a file of its own in the temporary folder leaves none behind.
  vi.stubEnv("TMPDIR", scratch);
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  process.chdir(scratch);
});
afterAll(async () => {
  process.chdir(here);
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await provider.close();
  for (const folder of [scratch, ...folders.map((one) => join(one, "src/.examples"))]) {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe("the examples of the READMEs", () => {
  for (const { title, url, isSuite } of examples) {
    // An example of a conformance suite declares tests, which may not be done inside of one.
    if (isSuite) describe(title, async () => void (await import(/* @vite-ignore */ url)));
    else it(title, () => expect(import(/* @vite-ignore */ url)).resolves.toBeDefined());
  }
});
