import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProvider } from "@armature/testkit/provider";
import { afterAll, describe, expect, it, vi } from "vitest";

const here = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "armature-quickstart-"));
const main = fileURLToPath(new URL("main.ts", import.meta.url));
const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");

afterAll(() => {
  process.chdir(here);
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

describe("the README's code", () => {
  it("is this file: the one block of it that is a whole program", () => {
    const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]);
    expect(blocks).toEqual([readFileSync(main, "utf8")]);
  });

  it("runs as it stands, also when the model first invents a sender", async () => {
    const answer = (sender: string) => JSON.stringify({ category: "billing", sender, summary: "Charged twice." });
    const provider = await startProvider({
      respond: ({ text }) => answer(text.includes("not accepted") ? "ada@example.com" : "support@shop.example"),
    });
    vi.stubEnv("OPENAI_BASE_URL", provider.url);
    vi.stubEnv("OPENAI_API_KEY", "test");
    const said = vi.spyOn(console, "log").mockImplementation(() => undefined);
    process.chdir(folder);
    await import("./main.js");
    expect(said).toHaveBeenCalledWith("billing", "ada@example.com");
    expect(provider.log).toHaveLength(2);
    await provider.close();
  });
});
