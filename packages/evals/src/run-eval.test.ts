import { afterEach, describe, expect, it } from "vitest";
import { answer, startApp } from "./app.fixture.js";
import { baselineOfReport, evaluationOf } from "./baseline.js";
import { dataSet } from "./data/data-set.js";
import { defineEval, type EvalDefinition } from "./define-eval.js";
import type { EvalApp } from "./eval-app.js";
import { runEval } from "./run-eval.js";
import { cost, latency } from "./scorers/bounds.js";
import { exact } from "./scorers/json.js";

const cases = ["one", "two", "three"].map((word, index) => ({
  id: word,
  input: { question: word },
  expected: { answer: index + 1 },
}));
const numbers: { readonly [word: string]: number } = { one: 1, two: 2, three: 3 };
const define = (more: Partial<EvalDefinition> = {}) =>
  defineEval({ name: "answers", task: answer, data: dataSet("words", cases), scorers: [exact()], trials: 8, ...more });

let running: Awaited<ReturnType<typeof startApp>> | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});
async function start(respond: (word: string, call: number) => string) {
  let call = 0;
  running = await startApp((question) => respond(question.replace("Answer: ", ""), call++));
  return running;
}
const right = (word: string) => JSON.stringify({ answer: numbers[word] });

describe("runEval", () => {
  it("makes a baseline: every case eight times, with cost, latency and the prompt's hash", async () => {
    const { app } = await start(right);
    const seen: number[] = [];
    const report = await runEval(define(), { app, onProgress: ({ done }) => seen.push(done) });
    expect(report.cases.map(({ id, trials }) => [id, trials.length])).toEqual([
      ["one", 8],
      ["two", 8],
      ["three", 8],
    ]);
    expect(report).toMatchObject({
      mode: "baseline",
      complete: true,
      totals: { trials: 24, passRate: { rate: 1 }, score: 1 },
      prompt: { name: "answer", version: "1.0.0", hash: app.prepare(answer).promptHash },
      gate: { held: true, reasons: [] },
    });
    expect(report.totals.costMicroUsd).toBeGreaterThan(0);
    expect(seen.at(-1)).toBe(24);
    expect(evaluationOf(report)).toMatchObject({ trials: 8, passes: { one: 8, two: 8, three: 8 }, scores: { one: 1 } });
  });

  it("asks once where nothing changed, and finds one broken case with seven trials more", async () => {
    const { app, provider } = await start(right);
    const baseline = baselineOfReport("before", await runEval(define(), { app }));
    const before = provider.log.length;
    expect((await runEval(define(), { app, baseline })).gate).toMatchObject({ held: true, protectedCases: 3 });
    expect(provider.log.length - before).toBe(3);

    const broken = await start((word) => (word === "two" ? '{"answer": 22}' : right(word)));
    const report = await runEval(define(), { app: broken.app, baseline });
    expect(broken.provider.log).toHaveLength(3 + 7);
    expect(report.gate.held).toBe(false);
    expect(report.gate.reasons[0]).toBe('case "two" is broken: 8 of 8 before, 0 of 8 now');
    expect(() => evaluationOf(report)).toThrow(/not run equally often/);
  });

  it("forgives a case that slipped once", async () => {
    const { app } = await start(right);
    const baseline = baselineOfReport("before", await runEval(define(), { app }));
    let slips = 1;
    const flaky = await start((word) => (word === "two" && slips-- > 0 ? '{"answer": 22}' : right(word)));
    const report = await runEval(define(), { app: flaky.app, baseline });
    expect(report.gate).toMatchObject({ held: true, broken: [] });
    expect(report.cases.map(({ trials }) => trials.length)).toEqual([1, 8, 1]);
  });

  it("scores a refused request 0 and says with which code", async () => {
    const { app } = await start(() => "no number at all");
    const { cases: results } = await runEval(define({ trials: 1, scorers: [exact(), latency(60_000), cost(1)] }), {
      app,
    });
    expect(results[0]!.trials[0]).toMatchObject({
      passed: false,
      score: 0,
      failure: "OUTPUT_INVALID",
      scores: {
        exact: { score: 0, passed: false, note: "refused: OUTPUT_INVALID" },
        // A provider that is down is quick and costs nothing.
        latency: { score: 0, passed: false, note: "refused: OUTPUT_INVALID" },
        cost: { score: 0, passed: false },
      },
    });
  });

  it("stops at the cost cap, and such a report proves nothing", async () => {
    const { app, provider } = await start(right);
    const one = await runEval(define({ trials: 1 }), { app });
    const dearest = Math.max(...one.cases.map(({ trials }) => trials[0]!.costMicroUsd));
    const calls = provider.log.length;
    const maxCostUsd = (5 * dearest) / 1_000_000;
    const report = await runEval(define({ maxCostUsd, concurrency: 1 }), { app });
    expect(report.totals.costMicroUsd).toBeLessThanOrEqual(5 * dearest);
    expect(provider.log.length - calls).toBeLessThanOrEqual(5);
    expect(report).toMatchObject({ complete: false, gate: { held: false } });
    expect(report.gate.reasons).toEqual([
      expect.stringMatching(
        /^the run was cut short: one more trial could pass the cap of 0\.\d+ USD \(0\.\d+ spent\); raise it with --max-usd/,
      ),
    ]);
    expect(() => evaluationOf(report)).toThrow(/it was cut short/);
  });

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    const { app } = await start(right);
    const onProgress = () => controller.abort();
    const report = await runEval(define({ concurrency: 1 }), { app, signal: controller.signal, onProgress });
    expect(report).toMatchObject({ complete: false, totals: { trials: 1 } });
    expect(report.gate.reasons).toEqual(["the run was cut short: it was stopped"]);
  });

  it("gives up what is under way when it is told to stop, and counts only what has finished", async () => {
    const controller = new AbortController();
    let calls = 0;
    const { app } = await start((word) => {
      if (++calls === 4) controller.abort();
      return right(word);
    });
    const report = await runEval(define({ concurrency: 3, gate: { minPassRate: 1 } }), {
      app,
      signal: controller.signal,
    });
    const trials = report.cases.flatMap((one) => one.trials);
    expect(trials.length).toBeGreaterThanOrEqual(1);
    expect(trials.length).toBeLessThan(24);
    expect(trials.every(({ passed }) => passed)).toBe(true);
    expect(report.gate.reasons).toEqual(["the run was cut short: it was stopped"]);
  });

  it("does not take a scorer that was stopped with the run for a broken one", async () => {
    const controller = new AbortController();
    const { app } = await start(right);
    const asks = {
      name: "asks",
      threshold: 1,
      score: async ({ app: own }: { app: EvalApp }) => {
        controller.abort();
        const outcome = await own.run(answer, { question: "one" });
        if (!outcome.ok) throw new Error(outcome.failure.code);
        return { score: 1 };
      },
    };
    const report = await runEval(define({ scorers: [asks], concurrency: 1 }), { app, signal: controller.signal });
    expect(report).toMatchObject({ complete: false, totals: { trials: 0 }, gate: { held: false } });
  });

  it("gives scorers the record of each request", async () => {
    const { app, journal } = await start(right);
    const seen: unknown[] = [];
    const scorer = {
      name: "record",
      threshold: 1,
      score: ({ record }: { record?: { task: string } }) => {
        seen.push(record?.task);
        return { score: 1 };
      },
    };
    await runEval(define({ trials: 1, scorers: [scorer] }), { app, journal });
    expect(seen).toEqual(["answer", "answer", "answer"]);
  });

  it("ends on a scorer that throws or gives what is no score, and names case and scorer", async () => {
    const { app } = await start(right);
    for (const [score, message] of [
      [() => ({ score: 2 }), /case "one": scorer "odd" gave 2/],
      [() => Promise.reject(new Error("no disk")), /case "one": scorer "odd": no disk/],
    ] as const) {
      const scorers = [{ name: "odd", threshold: 1, score }];
      await expect(runEval(define({ scorers, concurrency: 1 }), { app })).rejects.toThrow(message);
    }
  });

  it("holds a floor of its own without any baseline", async () => {
    const { app } = await start((word) => (word === "one" ? right(word) : '{"answer": 0}'));
    const report = await runEval(define({ trials: 1, gate: { minPassRate: 0.5 } }), { app });
    expect(report.gate.reasons).toEqual(["33.3 % of the cases pass, at least 50 % have to"]);
  });

  it("does not compare across judges, and says what was added, removed and changed", async () => {
    const { app } = await start(right);
    const before = baselineOfReport("before", await runEval(define(), { app }));
    const other = dataSet("words", [cases[0], { id: "four", input: { question: "one" }, expected: { answer: 1 } }]);
    const { gate } = await runEval(define({ data: () => other }), { app, baseline: before });
    expect(gate).toMatchObject({ held: true, added: ["four"], removed: ["two", "three"] });
    expect(gate.notes).toEqual([expect.stringContaining("the data set has changed")]);
    const judged = { ...before, judges: { "judge-tone": "a".repeat(64) } };
    expect((await runEval(define(), { app, baseline: judged })).gate.reasons[0]).toMatch(/a judge has changed/);
    const anew = await runEval(define(), { app, baseline: judged, trials: 2 });
    expect(anew.gate).toMatchObject({ held: true, notes: [expect.stringMatching(/a judge has changed/)] });
  });
});

describe("defineEval", () => {
  it("lists everything that is wrong at once", () => {
    expect(() => define({ name: "1", scorers: [exact(), exact()], trials: 0, gate: { drift: 2 } })).toThrow(
      /name must.*\n.*two are named "exact".*\n.*trials must.*\n.*gate\.drift must/,
    );
    expect(() => define({ scorers: [] })).toThrow(/nothing would be measured/);
  });
});
