import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { sqliteJournal } from "@armature/journal";
import { fakeRecord } from "@armature/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runCli } from "./cli.js";

// Loading a config and evaluating takes seconds of CPU, and a shared machine has few to spare.
vi.setConfig({ testTimeout: 300_000 });

const home = fileURLToPath(new URL("..", import.meta.url));

const TASK = `
import { defineTask } from "@armature/core";
import { z } from "zod";
export const answer = defineTask({
  name: "answer",
  input: z.object({ question: z.string() }),
  output: z.object({ answer: z.number() }),
  prompt: "ask@1",
  models: ["fast"],
});
`;
const CONFIG = `
import { defineConfig } from "@armature/cli";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { answer } from "./task.ts";
export default defineConfig({
  models: { fast: new FakeListChatModel({ responses: ['{"answer": ANSWER}'] }) },
  tasks: [answer],
  prompts: "./prompts",
  journal: "./armature.db",
});
`;
const EVAL = `
import { dataSet, defineEval, exact } from "@armature/evals";
import { answer } from "./task.ts";
export default defineEval({
  name: "answers",
  task: answer,
  scorers: [exact()],
  data: dataSet("questions", [
    { id: "one", input: { question: "One?" }, expected: { answer: 1 } },
    { id: "two", input: { question: "Two?" }, expected: { answer: 2 } },
  ]),
});
`;

let folder: string;
function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
function writePrompt(version: string, text: string): void {
  write(`prompts/ask/${version}.prompt.md`, `---\nname: ask\nversion: ${version}\n---\n\n## user\n\n${text}\n`);
}
function answers(value: number): void {
  write("armature.config.ts", CONFIG.replace("ANSWER", String(value)));
}
const lock = () => JSON.parse(readFileSync(join(folder, "prompts.lock.json"), "utf8"));

beforeEach(() => {
  mkdirSync(join(home, "dist"), { recursive: true });
  folder = mkdtempSync(join(home, "dist", "prompts-"));
  write("task.ts", TASK);
  write("answer.eval.ts", EVAL);
  answers(1);
  writePrompt("1.0.0", "Answer: {{question}}");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function armature(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(args, { cwd: folder, out: (text) => out.push(text), err: (text) => err.push(text) });
  return { code, out: out.join("\n"), err: err.join("\n") };
}
async function accept(reference: string, ...more: string[]) {
  expect(await armature("eval", "--baseline", "--prompt", reference, "--out", "eval.json")).toMatchObject({ code: 0 });
  const accepted = await armature("prompts", "accept", reference, "--eval", "eval.json", "--by", "Ada", ...more);
  expect(accepted).toMatchObject({ code: 0, err: "" });
  return accepted.out;
}

describe("armature prompts", () => {
  it("fails until somebody accepts with an evaluation, and again when one word moves", async () => {
    expect(await armature("prompts", "check")).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^STALE +ask@1\.0\.0/),
    });
    expect(await accept("ask@1.0.0")).toContain(
      "Baseline: 1 of 2 cases passed all 8 trials. Commit prompts.lock.json.",
    );
    expect(await armature("prompts", "check")).toMatchObject({
      code: 0,
      out: "OK       ask@1.0.0 in task answer\nEverything is as prompts.lock.json says.",
    });

    writePrompt("1.0.0", "Reply: {{question}}");
    const { code, out } = await armature("prompts", "check");
    expect(code).toBe(1);
    expect(out).toMatch(/^CHANGED .*\n/);
    expect(out).toContain("    - Answer: {{question}}\n    + Reply: {{question}}");
    expect(out).toContain("    npx armature prompts accept ask@1.0.0 --eval eval.json");
    // What it says to run next makes it green.
    expect(await accept("ask@1.0.0")).toContain("- Answer: {{question}}\n+ Reply: {{question}}");
    expect((await armature("prompts", "check")).code).toBe(0);
    expect(JSON.parse((await armature("prompts", "check", "--json")).out)).toMatchObject([{ status: "OK" }]);
  });

  it("evaluates what a strict application does not run yet, and lets it run once it is accepted", async () => {
    const strict = CONFIG.replace("journal:", 'lock: "./prompts.lock.json", strict: true, journal:');
    write("armature.config.ts", strict.replace("ANSWER", "1"));
    expect(await armature("check")).toMatchObject({ code: 1, err: expect.stringContaining("was never accepted") });
    await accept("ask@1.0.0");
    expect(await armature("check")).toMatchObject({ code: 0 });
  });

  it("accepts no evaluation of another form, none that was cut short, and none at all", async () => {
    await armature("eval", "--baseline", "--out", "eval.json");
    writePrompt("1.0.0", "Reply: {{question}}");
    const stale = await armature("prompts", "accept", "ask@1.0.0", "--eval", "eval.json", "--by", "Ada");
    expect(stale).toMatchObject({ code: 1, err: expect.stringContaining("in another form") });
    expect(await armature("prompts", "accept", "ask@1.0.0")).toMatchObject({
      code: 2,
      err: expect.stringContaining("--eval"),
    });
    const report = JSON.parse(readFileSync(join(folder, "eval.json"), "utf8"));
    writePrompt("1.0.0", "Answer: {{question}}");
    write("cut.json", JSON.stringify({ ...report, complete: false }));
    const cut = await armature("prompts", "accept", "ask@1.0.0", "--eval", "cut.json", "--by", "Ada");
    expect(cut).toMatchObject({ code: 1, err: expect.stringContaining("cut short") });
    expect(await armature("prompts", "accept", "ask@9.0.0", "--eval", "eval.json")).toMatchObject({
      code: 2,
      err: 'There is no prompt "ask@9.0.0"; name one exactly: ask@1.0.0.',
    });
    expect(() => lock()).toThrow();
  });

  it("pins the version: a newer file waits until it is accepted, and is left again by a rollback", async () => {
    await accept("ask@1.0.0");
    writePrompt("1.1.0", "Reply: {{question}}");
    const waits = "ask@1.1.0 waits: task answer stays at 1.0.0 until it is accepted";
    expect(await armature("prompts", "check")).toMatchObject({ code: 0, out: expect.stringContaining(waits) });
    await accept("ask@1.1.0", "--why", "kinder");
    expect((await armature("prompts", "check")).out).toContain("OK       ask@1.1.0");

    expect(await armature("prompts", "rollback", "ask@1", "--by", "Bob")).toMatchObject({ code: 2 });
    const back = await armature("prompts", "rollback", "ask@1", "--by", "Bob", "--why", "too kind");
    expect(back).toMatchObject({ code: 0, out: "ask@1 production: 1.1.0 -> 1.0.0, by Bob: too kind" });
    expect((await armature("prompts", "check")).out).toContain("OK       ask@1.0.0");
    expect(lock().labels["ask@1"].production.map(({ why }: { why: string }) => why)).toEqual([
      "accepted",
      "kinder",
      "too kind",
    ]);
    const again = await armature("prompts", "rollback", "ask@1", "--by", "Bob", "--why", "more");
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining("nothing came before it") });
  });
});

describe("a breaking change", () => {
  const breaking =
    /^BREAKING ask@1\.\d\.0 in task answer .*\n {2}variables .* give it version 2\.0\.0 and let the task ask for ask@2/;

  it("is shown with its difference and the way on, is not accepted, and goes through as a major version", async () => {
    await accept("ask@1.0.0");
    write("task.ts", TASK.replace("question: z", "language: z.string().optional(), question: z"));
    writePrompt("1.0.0", "Answer in {{language}}: {{question}}");
    const { code, out } = await armature("prompts", "check");
    expect(code).toBe(1);
    expect(out).toMatch(breaking);
    expect(out).toContain("    - Answer: {{question}}\n    + Answer in {{language}}: {{question}}");
    expect(out).toContain("  Next:\n    npx armature eval --baseline --prompt ask@2.0.0 --out eval.json\n");

    await armature("eval", "--baseline", "--trials", "1", "--out", "eval.json");
    const refused = await armature("prompts", "accept", "ask@1.0.0", "--eval", "eval.json", "--by", "Ada");
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("give it version 2.0.0") });

    writePrompt("1.0.0", "Answer: {{question}}");
    writePrompt("2.0.0", "Answer in {{language}}: {{question}}");
    write("task.ts", TASK.replace("question: z", "language: z.string().optional(), question: z").replace("@1", "@2"));
    await accept("ask@2.0.0");
    expect(await armature("prompts", "check")).toMatchObject({ code: 0, out: expect.stringMatching(/^OK +ask@2/) });
  });

  it("shows what waits with its difference and the commands that accept it", async () => {
    await accept("ask@1.0.0");
    writePrompt("1.1.0", "Reply: {{question}}");
    const { out } = await armature("prompts", "check");
    expect(out).toContain("    - Answer: {{question}}\n    + Reply: {{question}}");
    expect(out).toContain("    npx armature prompts accept ask@1.1.0 --eval eval.json");
  });
});

describe("a judge's prompt", () => {
  const JUDGE = `
import { defineJudge } from "@armature/evals";
export const tone = defineJudge({ name: "tone", prompt: "tone@1", models: ["judge"] });
`;
  const AGREES = `
import { dataSet, defineEval, exact } from "@armature/evals";
import { tone } from "./judge.ts";
export default defineEval({
  name: "tone",
  task: tone.task,
  scorers: [exact({ field: (value) => value.choice })],
  data: dataSet("labelled", [{ id: "a", input: { question: "One?", answer: "1" }, expected: { choice: "pass" } }]),
});
`;
  const judges = (text: string) =>
    write("prompts/tone/1.0.0.prompt.md", `---\nname: tone\nversion: 1.0.0\n---\n\n## user\n\n${text}: {{answer}}\n`);
  beforeEach(() => {
    write("judge.ts", JUDGE);
    write("answer.eval.ts", `import { tone } from "./judge.ts";${EVAL.replace("[exact()]", "[exact(), tone]")}`);
    const models = `judge: new FakeListChatModel({ responses: ['{"reason": "kind", "choice": "pass"}'] }), fast:`;
    write("armature.config.ts", CONFIG.replace("ANSWER", "1").replace("fast:", models));
    judges("Is it kind");
  });

  it("is not accepted before it has an evaluation, and says so", async () => {
    const { out } = await armature("prompts", "check");
    expect(out).toContain(
      "First write an evaluation of task judge-tone, in a file *.eval.ts, whose task is the judge's",
    );
    expect(await armature("eval", "--baseline", "--prompt", "tone@1.0.0")).toMatchObject({
      code: 2,
      err: expect.stringContaining("whose cases are answers that people have labelled"),
    });
  });

  it("makes what it judged stale when it moves, until both are evaluated again", async () => {
    write("tone.eval.ts", AGREES);
    await accept("tone@1.0.0");
    await accept("ask@1.0.0");
    expect(await armature("prompts", "check")).toMatchObject({ code: 0 });
    expect(Object.keys(lock().prompts["ask@1.0.0"].answer.evaluation.judges)).toEqual(["judge-tone"]);
    expect(lock().prompts["ask@1.0.0"].answer.evaluation.judges["judge-tone"]).toBe(
      lock().prompts["tone@1.0.0"]["judge-tone"].hash,
    );

    judges("Is it nice");
    const { code, out } = await armature("prompts", "check");
    expect(code).toBe(1);
    expect(out).toMatch(/STALE +ask@1\.0\.0 .*\n {2}its evaluation is by judge-tone, which changed since/);
    expect(out).toMatch(/CHANGED +tone@1\.0\.0 in task judge-tone/);
    expect(out).toContain("    - Is it kind: {{answer}}\n    + Is it nice: {{answer}}");
    await accept("tone@1.0.0");
    await accept("ask@1.0.0");
    expect(await armature("prompts", "check")).toMatchObject({ code: 0 });
  });
});

describe("armature eval", () => {
  it("ends cleanly when it is interrupted, and reports what has finished", async () => {
    const out: string[] = [];
    const err: string[] = [];
    let interrupt = () => {};
    const terminal = {
      cwd: folder,
      out: (text: string) => void out.push(text),
      err: (text: string) => void err.push(text),
      progress: (text: string) => text.endsWith(" 3/16") && interrupt(),
      onInterrupt(stop: () => void) {
        interrupt = stop;
        return () => {
          interrupt = () => {};
        };
      },
    };
    expect(await runCli(["eval", "--baseline", "--concurrency", "1", "--out", "cut.json"], terminal)).toBe(1);
    expect(err).toEqual([expect.stringMatching(/^Stopping/)]);
    expect(out.join()).toContain("3 trials");
    expect(out.join()).toContain("- the run was cut short: it was stopped");
    expect(JSON.parse(readFileSync(join(folder, "cut.json"), "utf8"))).toMatchObject({ complete: false });
  });

  it("holds the locked baseline, and says which case broke", async () => {
    await accept("ask@1.0.0");
    const held = await armature("eval", "answers");
    expect(held.code).toBe(0);
    expect(held.out).toContain("against   prompts.lock.json: ask@1.0.0 by Ada");
    answers(7);
    const broken = await armature("eval", "--out", "now.json", "--junit", "now.xml", "--html", "now.html");
    expect(broken.code).toBe(1);
    expect(broken.out).toContain("broke     one: 8/8 -> 0/8");
    expect(broken.out).toContain("gate      NOT held");
    expect(readFileSync(join(folder, "now.xml"), "utf8")).toContain('<failure message="0 of 8 trials passed"/>');
    expect(readFileSync(join(folder, "now.html"), "utf8")).toContain("answers: not held");
    expect(await armature("eval", "diff", "eval.json", "now.json")).toMatchObject({
      code: 0,
      out: expect.stringContaining("broke     one: 8/8 -> 0/8"),
    });
    expect((await armature("eval", "--against", "eval.json")).code).toBe(1);
    const worse = await armature("eval", "--baseline", "--out", "worse.json");
    expect(worse).toMatchObject({ code: 1, out: expect.stringContaining("broke     one: 8/8 -> 0/8") });
    expect((await armature("prompts", "accept", "ask@1.0.0", "--eval", "worse.json", "--by", "Ada")).out).toContain(
      'Accepted although case "one" is broken: 8 of 8 before, 0 of 8 now.',
    );
    expect(await armature("prompts", "accept", "ask@1.0.0", "--eval", "now.json", "--by", "Ada")).toMatchObject({
      code: 1,
      err: expect.stringContaining("not run equally often"),
    });
  });

  it("leaves no trace in the journal of the application", async () => {
    await armature("eval", "--baseline", "--trials", "1");
    expect(await armature("journal", "export", "--as-dataset", "x.jsonl")).toMatchObject({ code: 2 });
  });

  it.each([
    [["eval", "nothing"], 'There is no evaluation "nothing"; there are: answers.'],
    [["eval", "--trials", "no"], '--trials takes a whole number from 1, not "no".'],
    [["eval", "--by", "Ada"], /^armature eval takes no --by; it takes --config, --baseline/],
    [
      ["prompts", "chek"],
      'There is no command "prompts chek"; the commands are: prompts check, prompts accept, prompts rollback.',
    ],
    [["eval", "diff", "a.json"], "It is called as: armature eval diff <before> <after>."],
  ])("says in a sentence what is wrong with %j", async (args, message) => {
    const { code, err } = await armature(...args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it.each([
    [["eval", "--out", "gone/r.json"], /^--out gone\/r\.json: there is no folder .*gone; make it first\.$/],
    [["eval", "--html", "prompts"], "--html prompts: is a folder; name a file."],
    [["journal", "export", "--as-dataset", "gone/d.jsonl"], /^--as-dataset gone.*make it first\.$/],
  ])("asks no model when its result would be lost: %j", async (args, message) => {
    write("answer.eval.ts", 'throw new Error("no evaluation is loaded before its files can be written");');
    expect(await armature(...args)).toEqual({ code: 2, out: "", err: expect.stringMatching(message) });
  });

  it("says what the operating system refused without a stack", async () => {
    await accept("ask@1.0.0");
    write(
      "armature.config.ts",
      CONFIG.replace("ANSWER", "1").replace("journal:", 'lock: "./gone/lock.json", journal:'),
    );
    const { code, err } = await armature("prompts", "accept", "ask@1.0.0", "--eval", "eval.json", "--by", "Ada");
    expect(code).toBe(1);
    expect(err).toMatch(/^ENOENT: no such file or directory, open '.*lock\.json.*'$/);
  });

  it("says that there is no such report", async () => {
    await accept("ask@1.0.0");
    const gone = await armature("eval", "diff", "eval.json", "gone.json");
    expect(gone).toMatchObject({ code: 1, err: expect.stringMatching(/gone\.json: there is no such report/) });
  });

  it("names the file of an evaluation that does not load, and of one that stands twice", async () => {
    write("more/again.eval.ts", EVAL.replace("./task", "../task"));
    expect(await armature("eval")).toMatchObject({ code: 1, err: expect.stringContaining('eval "answers" stands in') });
    write("more/again.eval.ts", "export default {");
    expect(await armature("eval")).toMatchObject({ code: 1, err: expect.stringContaining("again.eval.ts: ") });
  });
});

describe("armature journal export", () => {
  it("makes a data set of the failed requests, which an evaluation can read", async () => {
    const journal = sqliteJournal({ path: join(folder, "armature.db") });
    for (const id of ["good", "bad"]) {
      const record = fakeRecord({ requestId: id });
      const failure = { code: "OUTPUT_INVALID" as const, message: "no", retryable: true };
      await journal.write({
        ...record,
        task: "answer",
        status: "finished",
        state: { ...record.state, input: { question: id }, failure: id === "bad" ? failure : null },
        result: id === "bad" ? { ok: false, failure } : { ok: true, value: { answer: 1 } },
      });
    }
    await journal.close();
    const { code, out } = await armature("journal", "export", "--failed", "--as-dataset", "failed.jsonl");
    expect({ code, out }).toEqual({ code: 0, out: "Wrote 1 case of task answer to failed.jsonl." });
    expect(JSON.parse(readFileSync(join(folder, "failed.jsonl"), "utf8"))).toMatchObject({
      id: "bad",
      input: { question: "bad" },
      metadata: { failure: "OUTPUT_INVALID" },
    });
    expect((await armature("journal", "export", "--as-dataset", "all.jsonl")).out).toContain("Wrote 2 cases");
    const none = await armature("journal", "export", "--as-dataset", "x", "--since", "2999-01-01");
    expect(none).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^The journal has no request of task answer with its content among those/),
    });
    expect(await armature("journal", "export", "--as-dataset", "x", "--task", "nope")).toEqual({
      code: 1,
      out: "",
      err: 'The journal has no request of task "nope"; the tasks are: answer.',
    });
  });
});
