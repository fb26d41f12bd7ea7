import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createArmature } from "@armature/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runCli } from "./cli.js";
import { loadConfig } from "./load-config.js";

// Loading a config takes seconds of CPU, and a shared machine has few to spare.
vi.setConfig({ testTimeout: 300_000 });

const home = fileURLToPath(new URL("..", import.meta.url));

/** Two models that know one answer each, and a plugin that keeps the journal where the config names none. */
const CONFIG = `
import { defineConfig } from "@armature/cli";
import { definePlugin, Journal } from "@armature/contracts";
import { defineTask } from "@armature/core";
import { sqliteJournal } from "@armature/journal";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { z } from "zod";

const answer = defineTask({
  name: "answer",
  input: z.object({ question: z.string() }),
  output: z.object({ answer: z.number() }),
  prompt: "ask@1.0",
  models: ["fast"],
});
const keeper = definePlugin({
  name: "keeper",
  contract: 1,
  provides: [Journal],
  setup({ provide, onDispose }) {
    const journal = sqliteJournal({ path: import.meta.dirname + "/kept.db" });
    provide(Journal, journal);
    onDispose(() => journal.close());
  },
});

export default defineConfig({
  models: {
    fast: new FakeListChatModel({ responses: ['{"answer": 1}'] }),
    strong: new FakeListChatModel({ responses: ['{"answer": 2}'] }),
  },
  tasks: [answer],
  prompts: "./prompts",
  MORE
});
`;
const EMBEDDED = 'journal: "./armature.db",';

let folder: string;
function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
const configure = (more: string) => write("armature.config.ts", CONFIG.replace("MORE", more));
function writePrompt(version: string, text: string): void {
  write(`prompts/ask/${version}.prompt.md`, `---\nname: ask\nversion: ${version}\n---\n\n## user\n\n${text}\n`);
}

beforeEach(() => {
  mkdirSync(join(home, "dist"), { recursive: true });
  folder = mkdtempSync(join(home, "dist", "replay-"));
  configure(EMBEDDED);
  writePrompt("1.0.0", "Be brief.\nAnswer: {{question}}");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function armature(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(args, { cwd: folder, out: (text) => out.push(text), err: (text) => err.push(text) });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

/** Runs the application of the folder and resolves the ids of its requests. */
async function ask(...questions: string[]): Promise<string[]> {
  const config = await loadConfig(join(folder, "armature.config.ts"));
  const app = await createArmature(config);
  const ids: string[] = [];
  for (const question of questions) ids.push((await app.run(config.tasks![0]!, { question })).requestId);
  await app.close();
  return ids;
}

describe("armature replay <id>", () => {
  it("is content when today's code comes to what was recorded", async () => {
    const [id] = await ask("How many?");
    expect(await armature("replay", id!)).toMatchObject({
      code: 0,
      out: expect.stringContaining("replays to the same"),
    });
    const json = await armature("replay", id!, "--json");
    expect(JSON.parse(json.out)).toEqual({ requestId: id, task: "answer", status: "equal" });
  });

  it("shows where it first comes to something else, line by line", async () => {
    const [id] = await ask("How many?");
    writePrompt("1.0.0", "Be verbose.\nAnswer: {{question}}");
    const { code, out } = await armature("replay", id!);
    expect(code).toBe(1);
    const [where, schema, ...difference] = out.split("\n");
    expect(where).toBe(
      `${id} (task answer) first comes to something else in prompt: messages (- recorded, + replayed)`,
    );
    expect(schema).toMatch(/^ {4}system: /);
    expect(difference).toEqual(["  - user: Be brief.", "  + user: Be verbose.", "    Answer: How many?"]);
  });

  it("says why a request cannot be replayed", async () => {
    configure(`${EMBEDDED} content: { default: "full", answers: "hashes" },`);
    const [id] = await ask("How many?");
    const { code, out } = await armature("replay", id!);
    expect(code).toBe(1);
    expect(out).toMatch(/cannot be replayed:\n {2}The record keeps only hashes of its answers\./);
  });

  it("names what it does not know, and how it is called", async () => {
    const [id] = await ask("How many?");
    const wrong = [
      ["r-0", 'The journal has no request "r-0".'],
      [id!, "--prompt", "ask@7.0.0", 'there is no prompt "ask@7.0.0"; the versions of ask are: 1.0.0'],
      [id!, "--limit", "3", "--limit goes with --since; see armature replay --help."],
      ["--since", "1d", "--model", "fast", "--model goes with an id; see armature replay --help."],
      [id!, "--since", "1d", "It is called as: armature replay <id>, or armature replay --since <time>."],
      ["--since", "1d", "--task", "sum", expect.stringMatching(/^There is no task "sum".*its tasks are: answer\.$/)],
    ];
    for (const line of wrong) {
      expect(await armature("replay", ...line.slice(0, -1))).toEqual({ code: 2, out: "", err: line.at(-1) });
    }
  });
});

describe("armature replay <id> with a change", () => {
  it("asks again with another prompt and another model, and shows both endings", async () => {
    writePrompt("1.1.0", "Be exact.\nAnswer: {{question}}");
    const [id] = await ask("How many?");
    const { code, out } = await armature("replay", id!, "--prompt", "ask@1.1.0", "--model", "strong");
    expect(code).toBe(0);
    expect(out).toMatch(/prompt +ask@1\.0\.0 +ask@1\.1\.0\n/);
    expect(out).toMatch(/route +fast +strong\n/);
    expect(out).toMatch(/-\s+"answer": 1\n\s+\+\s+"answer": 2/);
    const same = await armature("replay", id!, "--model", "fast");
    expect(same.out).toMatch(/\nBoth came to the same:\n {2}\{\n {4}"answer": 1\n {2}\}$/);
    const story = JSON.parse((await armature("replay", id!, "--model", "fast", "--json")).out);
    expect(story).toMatchObject({
      original: { requestId: id, value: { answer: 1 } },
      changed: { value: { answer: 1 } },
    });
    const newest = JSON.parse((await armature("replay", id!, "--prompt", "ask@1", "--json")).out);
    expect(newest).toMatchObject({ original: { prompt: "ask@1.0.0" }, changed: { prompt: "ask@1.1.0" } });
    const again = await armature("explain", story.changed.requestId);
    expect(again.out).toContain("ask 1.0.0");
  });

  it("says what is wrong with the change before it asks anybody", async () => {
    const [id] = await ask("How many?");
    const unknown = await armature("replay", id!, "--model", "gigantic");
    expect(unknown).toMatchObject({ code: 1, out: "", err: expect.stringContaining('there is no model "gigantic"') });
    expect((await armature("replay", "--since", "1d", "--json")).out).toContain('"equal":1');
  });

  it("has nothing to ask where the input was not kept", async () => {
    configure(`${EMBEDDED} content: "hashes",`);
    const [id] = await ask("How many?");
    expect(await armature("replay", id!, "--model", "strong")).toMatchObject({
      code: 2,
      err: expect.stringContaining("does not keep its input"),
    });
  });
});

describe("armature replay --since", () => {
  it("counts a window, and fails when one comes to something else", async () => {
    await ask("One?", "Two?", "Three?");
    const before = await armature("replay", "--since", "1d");
    expect(before).toEqual({ code: 0, out: "3 of task answer: 3 equal, 0 diverged, 0 not replayable.", err: "" });
    writePrompt("1.0.0", "Answer: {{question}}");
    await ask("Four?");
    const after = await armature("replay", "--since", "1d", "--task", "answer");
    expect(after.code).toBe(1);
    expect(after.out).toContain("first comes to something else in prompt");
    expect(after.out).toMatch(/4 of task answer: 1 equal, 3 diverged, 0 not replayable\.$/);
    const newest = JSON.parse((await armature("replay", "--since", "1d", "--limit", "1", "--json")).out);
    expect(newest).toMatchObject({ equal: 1, diverged: 0, unreplayable: 0, divergences: [] });
  });

  it("proves nothing where nothing could be replayed", async () => {
    await ask();
    expect(await armature("replay", "--since", "1d")).toMatchObject({
      code: 1,
      err: expect.stringContaining("no finished"),
    });
    configure(`${EMBEDDED} content: "none",`);
    await ask("One?");
    const { code, out } = await armature("replay", "--since", "1d");
    expect(code).toBe(1);
    expect(out).toMatch(/1 not replayable: The record keeps nothing of its input\.\n[\s\S]*0 equal, 0 diverged, 1 not/);
  });
});

describe("armature explain", () => {
  it("tells what the prompt says otherwise than the version before it, also as JSON", async () => {
    writePrompt("1.0.1", "Be exact.\nAnswer: {{question}}");
    const [id] = await ask("How many?");
    const { code, out } = await armature("explain", id!);
    expect(code).toBe(0);
    expect(out).toContain("- Be brief.");
    expect(out).toContain("+ Be exact.");
    const story = JSON.parse((await armature("explain", id!, "--json")).out);
    expect(story).toMatchObject({
      requestId: id,
      prompt: { version: "1.0.1", difference: { previous: "1.0.0", removed: ["Be brief."], added: ["Be exact."] } },
    });
  });

  it("tells the story also when the prompts of today are broken", async () => {
    const [id] = await ask("How many?");
    write("prompts/ask/1.0.1.prompt.md", "no prompt");
    expect(await armature("explain", id!)).toMatchObject({ code: 0, out: expect.stringContaining(id!) });
  });

  it("reads the journal that a plugin keeps, and so does a replay", async () => {
    configure("plugins: [keeper()],");
    const [id] = await ask("How many?");
    expect(await armature("explain", id!)).toMatchObject({ code: 0, out: expect.stringContaining(id!) });
    expect(await armature("replay", id!)).toMatchObject({ code: 0 });
    configure("");
    const err = expect.stringContaining("names no journal and none of its plugins keeps one");
    expect(await armature("explain", id!)).toMatchObject({ code: 2, err });
  });
});
