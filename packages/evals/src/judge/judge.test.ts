import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { definePrompt } from "@armature/prompts";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answer, startApp } from "../app.fixture.js";
import { baselineOfReport } from "../baseline.js";
import { judgeCassette } from "../cassette/judge-cassette.js";
import { dataSet } from "../data/data-set.js";
import { defineEval } from "../define-eval.js";
import { runEval } from "../run-eval.js";
import { checkAgreement, cohenKappa } from "./agreement.js";
import { defineJudge, type JudgeDefinition } from "./judge.js";

const content = "Judge {{answer}} for {{question}}, expected {{expected}}";
const define = (more: Partial<JudgeDefinition> = {}) =>
  defineJudge({
    name: "tone",
    prompt: definePrompt({ name: "tone", version: "1.0.0", messages: [{ role: "user", content }] }),
    models: ["fast"],
    ...more,
  });
const evaluation = (judge: ReturnType<typeof define>) =>
  defineEval({
    name: "tone",
    task: answer,
    scorers: [judge],
    trials: 1,
    data: dataSet("d", [
      { id: "good", input: { question: "good" }, expected: { answer: 1 } },
      { id: "bad", input: { question: "bad" }, expected: { answer: 1 } },
    ]),
  });

/** Answers as a task and judges as a judge. */
const respond = (text: string) =>
  text.startsWith("Judge")
    ? JSON.stringify({ reason: "because", choice: text.includes("bad") ? "fail" : "pass" })
    : '{"answer": 1}';

let folder: string;
let running: Awaited<ReturnType<typeof startApp>>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "judge-"));
  running = await startApp(respond);
});
afterEach(async () => {
  await running.close();
  rmSync(folder, { recursive: true });
});

describe("a judge", () => {
  it("scores through the application's models; its cost and its prompt's hash stand in the report", async () => {
    const judge = define();
    const report = await runEval(evaluation(judge), { app: running.app });
    expect(report.cases.map(({ trials }) => trials[0]!.scores)).toEqual([
      { tone: { score: 1, passed: true, note: "pass: because" } },
      { tone: { score: 0, passed: false, note: "fail: because" } },
    ]);
    expect(report.judges).toEqual({ "judge-tone": running.app.prepare(judge.task).promptHash });
    expect(report.totals.judgeCostMicroUsd).toBeGreaterThan(0);
    const shown = running.provider.log.length;
    expect(shown).toBe(4);
  });

  it("breaks the comparison when its prompt has moved", async () => {
    const baseline = baselineOfReport("before", await runEval(evaluation(define()), { app: running.app }));
    const messages = [{ role: "user", content: `${content}!` }] as const;
    const moved = define({ prompt: definePrompt({ name: "tone", version: "1.0.0", messages }) });
    const { gate } = await runEval(evaluation(moved), { app: running.app, baseline });
    expect(gate).toMatchObject({ held: false, reasons: [expect.stringContaining("a judge has changed")] });
  });

  it("ends the evaluation when it cannot judge", async () => {
    const odd = define({ choices: { good: 1, fine: 0.5, poor: 0 } });
    await expect(runEval(evaluation(odd), { app: running.app })).rejects.toThrow(/scorer "tone": judge "tone"/);
  });

  it("needs two choices, each worth 0 to 1", () => {
    expect(() => define({ choices: { pass: 1 } })).toThrow(/at least two/);
    expect(() => define({ choices: { pass: 2, fail: 0 } })).toThrow(/at least two/);
  });
});

describe("a judge's cassette", () => {
  it("records once and replays without a call", async () => {
    const file = join(folder, "cassettes/tone.jsonl");
    const first = await runEval(evaluation(define({ cassette: judgeCassette(file) })), { app: running.app });
    expect(existsSync(file)).toBe(true);
    const calls = running.provider.log.length;
    const again = await runEval(evaluation(define({ cassette: judgeCassette(file) })), { app: running.app });
    expect(running.provider.log.length - calls).toBe(2);
    expect(again.cases.map(({ trials }) => trials[0]!.scores)).toEqual(
      first.cases.map(({ trials }) => trials[0]!.scores),
    );
    expect(again.totals.judgeCostMicroUsd).toBe(0);
  });

  it("fails on what it has not heard, with the nearest verdict's difference", async () => {
    const file = join(folder, "tone.jsonl");
    const judge = define({ cassette: judgeCassette(file) });
    await judge.verdict({ question: "Why is it late?", answer: "No idea." }, running.app);
    await judge.verdict({ question: "Other", answer: "Something else" }, running.app);
    const strict = define({ cassette: judgeCassette(file) });
    await expect(strict.verdict({ question: "Why is it late?", answer: "Snow." }, running.app)).rejects.toThrow(
      /has no verdict of judge-tone.*nearest differs in:\n {2}input\.answer: "No idea\." -> "Snow\."/s,
    );
    expect(running.provider.log).toHaveLength(2);
  });

  it("has nothing for a judge whose prompt moved, and names a line that is none", async () => {
    const file = join(folder, "tone.jsonl");
    await define({ cassette: judgeCassette(file) }).verdict({ question: "q", answer: "a" }, running.app);
    const messages = [{ role: "user", content: `${content}!` }] as const;
    const prompt = definePrompt({ name: "tone", version: "1.0.0", messages });
    const moved = define({ prompt, cassette: judgeCassette(file) });
    await expect(moved.verdict({ question: "q", answer: "a" }, running.app)).rejects.toThrow(
      /nearest differs in:\n {2}hash: /,
    );
    writeFileSync(file, `${readFileSync(file, "utf8")}{}\n`);
    const broken = define({ cassette: judgeCassette(file) });
    await expect(broken.verdict({ question: "q", answer: "a" }, running.app)).rejects.toThrow(
      /tone\.jsonl:2: is no recorded verdict/,
    );
  });

  it("records anew when it is told to, and never when it may only replay", async () => {
    const file = join(folder, "tone.jsonl");
    const shown = { question: "q", answer: "a" };
    const replay = define({ cassette: judgeCassette(file, { mode: "replay" }) });
    await expect(replay.verdict(shown, running.app)).rejects.toThrow(/no such cassette/);
    for (let time = 0; time < 2; time++) {
      await define({ cassette: judgeCassette(file, { mode: "record" }) }).verdict(shown, running.app);
    }
    expect(running.provider.log).toHaveLength(2);
    expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(1);
  });
});

describe("agreement", () => {
  it("is Cohen's kappa", () => {
    // 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: observed .7, chance .5.
    const times = (count: number, pair: readonly [string, string]) => Array.from({ length: count }, () => pair);
    const pairs = [
      ...times(20, ["y", "y"]),
      ...times(5, ["y", "n"]),
      ...times(10, ["n", "y"]),
      ...times(15, ["n", "n"]),
    ];
    const { kappa, observed, standardError } = cohenKappa(pairs);
    expect(observed).toBeCloseTo(0.7, 12);
    expect(kappa).toBeCloseTo(0.4, 12);
    expect(standardError).toBeCloseTo(Math.sqrt((0.7 * 0.3) / 50) / 0.5, 12);
    expect(cohenKappa([])).toMatchObject({ answers: 0, kappa: 0 });
    expect(cohenKappa(times(5, ["y", "y"]))).toMatchObject({ observed: 1, kappa: 0 });
  });

  it("is 1 only for raters who always agree, and the same whoever comes first", () => {
    const choice = fc.constantFrom("a", "b", "c");
    fc.assert(
      fc.property(fc.array(fc.tuple(choice, choice), { minLength: 2 }), (pairs) => {
        const { kappa, observed } = cohenKappa(pairs);
        expect(kappa).toBeLessThanOrEqual(1 + 1e-12);
        if (observed < 1) expect(kappa).toBeLessThan(1);
        expect(cohenKappa(pairs.map(([a, b]) => [b, a])).kappa).toBeCloseTo(kappa, 9);
      }),
    );
  });

  it("is measured against what people said", async () => {
    const labelled = ["good 1", "good 2", "bad 1", "bad 2"].map((question) => ({
      id: question,
      shown: { question, answer: "x" },
      label: question === "bad 2" || question.startsWith("good") ? "pass" : "fail",
    }));
    expect(await checkAgreement(define(), labelled, running.app)).toMatchObject({
      answers: 4,
      observed: 0.75,
      kappa: 0.5,
      disagreements: [{ id: "bad 2", person: "pass", judge: "fail" }],
    });
  });
});
