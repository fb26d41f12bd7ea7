import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "./cli.js";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "armature-cli-"));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function armature(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(args, { cwd, out: (text) => out.push(text), err: (text) => err.push(text) });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

describe("armature", () => {
  it("lists its commands", async () => {
    const { code, out } = await armature("--help");
    expect(code).toBe(0);
    for (const name of ["check", "graph <task>", "explain <id>"]) expect(out).toContain(name);
  });

  it("says in a plain sentence that a command is unknown, and what there is", async () => {
    expect(await armature("dance")).toMatchObject({ code: 2, err: expect.stringContaining("check, graph, explain") });
  });

  it("says what is missing behind a command", async () => {
    expect(await armature("explain")).toMatchObject({ code: 2, err: expect.stringContaining("armature explain <id>") });
  });

  it("names the configuration file that it cannot find", async () => {
    const { code, err } = await armature("check");
    expect(code).not.toBe(0);
    expect(err).toContain("armature.config.ts");
  });

  it("lists everything that is wrong with an application at once", async () => {
    writeFileSync(join(cwd, "armature.config.mjs"), "export default { models: { fast: 3 }, plugins: [] };");
    const { code, err } = await armature("check", "--config", "armature.config.mjs");
    expect(code).toBe(1);
    expect(err).toContain("models.fast");
    expect(err).toContain("journal: missing");
  });
});
