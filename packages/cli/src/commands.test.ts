import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sqliteJournal } from "@armature/journal";
import { fakeRecord } from "@armature/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "./cli.js";

const home = fileURLToPath(new URL("..", import.meta.url));

/** A config whose model is LangChain's own; it stands inside this package, so that it finds what it imports. */
const CONFIG = `
import { defineConfig } from "@armature/cli";
import { definePlugin } from "@armature/contracts";
import { defineTask } from "@armature/core";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { z } from "zod";

const shape: { question: z.ZodString } = { question: z.string() };
const answer = defineTask({
  name: "answer",
  input: z.object(shape),
  output: z.object({ answer: z.number() }),
  prompt: "ask@1",
  models: MODELS,
});
const stamp = definePlugin({
  name: "stamp",
  contract: 1,
  graph: { nodes: [{ name: "stamp", place: "before", stage: "call", run: () => ({}) }] },
});

export default defineConfig({
  models: { fast: new FakeListChatModel({ responses: ['{"answer": 1}'] }) },
  plugins: [stamp(), PLUGINS],
  tasks: [answer],
  prompts: "./prompts",
  journal: "./armature.db",
});
`;

let folder: string;
function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
function writeConfig({ models = '["fast"]', plugins = "", prompt = "{{question}}" } = {}): void {
  write("armature.config.ts", CONFIG.replace("MODELS", models).replace("PLUGINS", plugins));
  write("prompts/ask/1.0.0.prompt.md", `---\nname: ask\nversion: 1.0.0\n---\n\n## user\n\n${prompt}\n`);
}

beforeEach(() => {
  mkdirSync(join(home, "dist"), { recursive: true });
  folder = mkdtempSync(join(home, "dist", "config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function armature(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(args, { cwd: folder, out: (text) => out.push(text), err: (text) => err.push(text) });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

describe("armature check", () => {
  it("says that everything is in order", async () => {
    writeConfig();
    const out = "Everything is in order: 1 model, 1 plugin, 1 task.";
    expect(await armature("check")).toEqual({ code: 0, out, err: "" });
  });

  it("takes the config from another place, and its paths relative to it", async () => {
    writeConfig();
    const terminal = { cwd: home, out: () => undefined, err: () => undefined };
    expect(await runCli(["check", "--config", join(folder, "armature.config.ts")], terminal)).toBe(0);
  });

  it("lists what is wrong with plugins and with tasks at once", async () => {
    writeConfig({
      models: '["fast", "gigantic"]',
      plugins: 'definePlugin({ name: "old", contract: 0 })(), definePlugin({ name: "stamp", contract: 1 })()',
      prompt: "{{question}} {{mood}}",
    });
    const { code, err } = await armature("check");
    expect(code).toBe(1);
    expect(err).toMatch(/^4 problems:\n/);
    expect(err).toContain('plugin "old" was written for contract 0');
    expect(err).toContain('plugin "stamp" is listed twice');
    expect(err).toContain('there is no model "gigantic"; the models are: fast');
    expect(err).toContain("mood");
  });

  it("names the file and each field of a config of another shape", async () => {
    write("armature.config.ts", "export default { models: {}, tasks: 3, plugin: [] };");
    const { code, err } = await armature("check");
    expect(code).toBe(1);
    expect(err).toMatch(/^3 problems:\n.*tasks: .*\n.*"plugin"\n.*journal: missing/);
  });

  it("takes the words of the application, and its paths from the config's folder", async () => {
    writeConfig();
    const config = (more: string) =>
      write(
        "armature.config.ts",
        CONFIG.replace("MODELS", '["fast"]').replace("PLUGINS", "").replace("journal:", `${more} journal:`),
      );
    config(
      'prices: "./prices.json", content: { default: "hashes", value: "full" }, code: "abc", onJournalFailure: "degrade",',
    );
    expect(await armature("check")).toMatchObject({
      code: 1,
      err: expect.stringContaining(join(folder, "prices.json")),
    });
    write("prices.json", "{}");
    expect(await armature("check")).toMatchObject({ code: 0 });
    config('content: { default: "hashes", vlaue: "none" }, strict: 1,');
    const { code, err } = await armature("check");
    expect(code).toBe(1);
    expect(err).toMatch(/^2 problems:\n.*strict: .*\n.*content: Unrecognized key: "vlaue"/);
    config('content: "all",');
    expect((await armature("check")).err).toContain("content: is full, hashes or none");
  });

  it("refuses what nobody has accepted, where the application is strict", async () => {
    writeConfig();
    const strict = CONFIG.replace("MODELS", '["fast"]').replace("PLUGINS", "");
    write("armature.config.ts", strict.replace("journal:", 'lock: "./prompts.lock.json", strict: true, journal:'));
    const { code, err } = await armature("check");
    expect(code).toBe(1);
    expect(err).toContain("ask@1.0.0 was never accepted");
    expect(await armature("graph", "answer")).toMatchObject({ code: 0 });
  });

  it.each([
    ["does not parse", "export default {", /armature\.config\.ts/],
    ["imports what is not there", 'import "no-such-package"; export default {};', /no-such-package/],
    ["throws", 'throw new Error("no key");', /no key/],
    ["exports nothing", "export const config = 1;", /armature\.config\.ts/],
  ])("says why a config that %s cannot be loaded", async (_what, text, said) => {
    write("armature.config.ts", text);
    const { code, err } = await armature("check");
    expect(code).toBe(1);
    expect(err).toMatch(said);
  });
});

describe("armature graph", () => {
  it("draws the task with the nodes of plugins", async () => {
    writeConfig();
    const { code, out } = await armature("graph", "answer");
    expect(code).toBe(0);
    expect(out).toContain("graph TD;");
    expect(out).toContain("prompt -.-> stamp");
  });

  it("names the tasks when it does not know one", async () => {
    writeConfig();
    const err = expect.stringMatching(/^There is no task "nothing" in .*; its tasks are: answer\.$/);
    expect(await armature("graph", "nothing")).toMatchObject({ code: 2, err });
  });
});

describe("armature explain", () => {
  it("tells the story of a request", async () => {
    writeConfig();
    const journal = sqliteJournal({ path: join(folder, "armature.db") });
    const record = fakeRecord({ requestId: "r-17" });
    await journal.write(record);
    await journal.close();
    const { code, out } = await armature("explain", "r-17");
    expect(code).toBe(0);
    expect(out).toContain("r-17");
    expect(out).toContain(record.task);
    expect(await armature("explain", "r-18")).toMatchObject({ code: 2, err: 'The journal has no request "r-18".' });
  });

  it("makes no journal where there is none", async () => {
    writeConfig();
    const err = expect.stringContaining("There is no journal at");
    for (let time = 0; time < 2; time++) expect(await armature("explain", "r-17")).toMatchObject({ code: 2, err });
  });
});

it("the file that the package installs passes the exit code on", { timeout: 300_000 }, async () => {
  writeConfig();
  const run = promisify(execFile);
  const bin = join(home, "bin", "armature.js");
  const { stdout } = await run(process.execPath, [bin, "check"], { cwd: folder });
  expect(stdout).toContain("Everything is in order");
  await expect(run(process.execPath, [bin, "chek"], { cwd: folder })).rejects.toMatchObject({
    code: 2,
    stderr:
      'There is no command "chek"; the commands are: check, graph, explain, replay, prompts check, prompts accept, prompts rollback, eval, eval diff, journal export.\n',
  });
});
