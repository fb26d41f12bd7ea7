import { beforeEach, describe, expect, it, vi } from "vitest";
import { accept, armature, CONFIG, EVAL, lock, read, TASK, write, writePrompt } from "./evaluated.fixture.js";

// Loading a config and evaluating takes seconds of CPU, and a shared machine has few to spare.
vi.setConfig({ testTimeout: 300_000 });

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
    const report = JSON.parse(read("eval.json"));
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
