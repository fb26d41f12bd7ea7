import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RequestRecord } from "@armature/contracts";
import { initialRequestState } from "@armature/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CostRouter } from "./cost-router.js";
import { judgeConfidence } from "./judge-confidence.js";
import { examplesOf, type RouteExample } from "./route-example.js";
import { expectedGain, probabilityOf, readRouteModel } from "./route-model.js";
import { trainRouter } from "./train-router.js";

const capabilities = {
  contextTokens: 100_000,
  maxOutputTokens: 4_000,
  structuredOutput: "native",
  tools: true,
  vision: false,
  streaming: true,
  prefill: false,
} as const;
const candidates = ["weak", "strong"].map((route) => ({
  route,
  model: route,
  capabilities,
  breaker: "closed" as const,
}));

/** Refunds are easy; contracts are hard, but for every tenth of them. */
const examples: RouteExample[] = Array.from({ length: 300 }, (_, index) =>
  index % 2 === 0
    ? { text: `Refund order ${index} to the customer, please.`, weak: 1, strong: 1 }
    : {
        text: `Check clause ${index} of the contract against the law of the land.`,
        weak: index % 20 === 1 ? 1 : 0,
        strong: 1,
      },
);
const model = trainRouter(examples, { buckets: 4_096 });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "router-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("trainRouter", () => {
  it("learns what the weak model cannot do, and chooses the saving that keeps the floor", () => {
    const easy = probabilityOf(model, expectedGain(model, "Refund order 7 to the customer, please."));
    const hard = probabilityOf(
      model,
      expectedGain(model, "Check clause 9 of the contract against the law of the land."),
    );
    expect(easy).toBeGreaterThan(0.9);
    expect(hard).toBeLessThan(0.3);
    expect(model.validation.apgr).toBeGreaterThan(0.7);
    expect(model.choice.expectedQuality).toBeGreaterThanOrEqual(0.95);
    const { confidence, expectedSaving } = model.choice;
    const asGood = model.validation.curve.filter((point) => point.saving === expectedSaving);
    expect(confidence).toBe(Math.max(...asGood.map((point) => point.confidence)));
    // Half of the requests may stay with the weak model, at a tenth of the cost.
    expect(model.choice.expectedSaving).toBeCloseTo(0.45, 1);
    const shares = model.validation.curve.map((point) => point.strongShare);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    // From none to all of the requests, a twentieth at a time where the probabilities differ.
    expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
    expect(shares.length).toBeGreaterThan(15);
    for (const [index, share] of shares.entries()) expect(share - (shares[index - 1] ?? 0)).toBeLessThan(0.15);
  });

  it("learns what two signs mean only together", () => {
    // Hard where there are many commas or many questions, but not both: neither count alone says anything.
    const crossed = Array.from({ length: 200 }, (_, index): RouteExample => {
      const [hasCommas, hasQuestions] = [index % 2 === 1, Math.floor(index / 2) % 2 === 1];
      const text = `Word${(hasCommas ? "," : ";").repeat(5)}${(hasQuestions ? "?" : "!").repeat(5)} ${index}`;
      return { text, weak: hasCommas === hasQuestions ? 1 : 0, strong: 1 };
    });
    const shuffled = crossed.map((_, index) => crossed[(index * 67) % crossed.length]!);
    expect(trainRouter(shuffled, { buckets: 4_096 }).validation.apgr).toBeCloseTo(0.75, 2);
  });

  it("judges no text by a model that has seen it", () => {
    // Nothing in these texts says which of them are hard; each comes ten times.
    const hard = (text: number) => (text * 2654435761) % 4294967296 > 2147483648;
    const often = Array.from({ length: 400 }, (_, index): RouteExample => {
      const text = Math.floor(index / 10);
      return { text: `${"abcdefgh"[text % 8]}${"ijklm"[text % 5]}`.repeat(3), weak: hard(text) ? 0 : 1, strong: 1 };
    });
    expect(trainRouter(often, { buckets: 4_096 }).validation.apgr).toBeLessThan(0.65);
  });

  it("draws an example towards its group", () => {
    const mixed = Array.from({ length: 200 }, (_, index): RouteExample => {
      const topic = index % 2 === 0 ? "law" : "tea";
      // Rare among the questions of law, and all of them easy.
      const isPlain = index % 20 === 0;
      const weak = topic === "tea" || isPlain ? 1 : 0;
      return { text: `Topic ${topic}, ${isPlain ? "plainly" : "densely"}`, weak, strong: 1, group: topic };
    });
    const alone = mixed.map(({ group: _group, ...example }) => example);
    const gainOf = (source: readonly RouteExample[]) =>
      expectedGain(trainRouter(source, { buckets: 4_096 }), "Topic law, plainly");
    expect(gainOf(mixed)).toBeGreaterThan(gainOf(alone) + 0.1);
  });

  it("keeps no word of what it learned from", () => {
    expect(JSON.stringify(model)).not.toMatch(/refund|contract|clause|customer/i);
  });

  it("routes by the file that it was written to, and abstains on what it has never seen", async () => {
    const path = join(folder, "router.json");
    writeFileSync(path, JSON.stringify(model));
    const read = readRouteModel(path);
    const router = new CostRouter({ model: read, confidence: read.choice.confidence, expectedOutputTokens: 100 });
    const first = async (text: string) => (await router.route({ input: { text }, text, candidates })).ladder[0];
    expect((await first("Refund order 12 to the customer, please."))?.route).toBe("weak");
    expect((await first("Check clause 3 of the contract against the law of the land."))?.route).toBe("strong");
    expect(await first("zyx wvu tsr qpo")).toMatchObject({ route: "strong", reason: expect.stringMatching(/^unsure/) });
  });

  const named = (weak: number, strong: number) =>
    Array.from({ length: 60 }, (_, index) => ({ text: `request ${index}`, weak, strong }));

  it.each<[string, readonly RouteExample[], object, RegExp]>([
    ["none", [], {}, /0 examples: .* 50/],
    ["one text many times", named(0, 1).map((one, index) => ({ ...one, text: "x", weak: index % 2 })), {}, /one text/],
    ["only successes", named(1, 1), {}, /does as well/],
    ["only failures", named(0, 1), {}, /equally worse/],
    ["a strong model that fails", [...named(0, 0), ...named(1, 0)], {}, /never right/],
    ["no quality", [...examples, { text: "x", weak: Number.NaN, strong: 1 }], {}, /example 300 needs/],
    ["a floor above all", examples, { qualityFloor: 95 }, /qualityFloor .* 95/],
    ["no folds", examples, { folds: 1 }, /folds .* 1/],
    ["a penalty that is none", examples, { penalty: Number.NaN }, /penalty .* NaN/],
    ["no buckets", examples, { buckets: 0 }, /buckets .* 0/],
  ])("cannot learn from %s, and says so", (_what, given, options, message) => {
    expect(() => trainRouter(given, options)).toThrow(message);
    expect(() => trainRouter(given, options)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });

  it("says what is wrong with examples and with files", () => {
    expect(() => trainRouter(examples.slice(0, 10))).toThrow(/10 examples/);
    expect(() => trainRouter('{"text":"a","weak":true}\n{"text":"b","weak":7}')).toThrow(/Line 2 .* weak/);
    expect(() => trainRouter("{")).toThrow(/Line 1/);
    const path = join(folder, "bad.json");
    writeFileSync(path, JSON.stringify({ ...model, intercept: "high" }));
    expect(() => readRouteModel(path)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(() => readRouteModel(path)).toThrow(/bad\.json is wrong at intercept/);
    writeFileSync(path, JSON.stringify({ ...model, grams: { ...model.grams, buckets: 2 ** 40 } }));
    expect(() => readRouteModel(path)).toThrow(/bad\.json is wrong at grams\.buckets/);
  });
});

describe("records of the journal", () => {
  const records = examples.map(({ text, weak }, index): RequestRecord => {
    const attempt = {
      stage: "call",
      visit: 1,
      model: "m",
      why: "first",
      startedAt: 0,
      latencyMs: 1,
      result: "answered",
      costMicroUsd: 1,
    } as const;
    const attempts = [{ ...attempt, id: "1", number: 1, route: "weak" }];
    if (weak === 0) attempts.push({ ...attempt, id: "2", number: 2, route: "strong" });
    const state = initialRequestState({ requestId: `r${index}`, task: "triage", acceptedAt: 0 }, { text });
    const scores = ["weak", "strong"].map((route, rank) => ({
      route,
      score: 1,
      reason: "r",
      estimate: rank ? 1 : weak,
    }));
    const ladder = ["weak", "strong"].map((route) => ({ route, reason: "r" }));
    return {
      version: 1,
      requestId: `r${index}`,
      task: "triage",
      acceptedAt: 0,
      input: { hash: "0", bytes: 1 },
      hashes: { task: "0", config: "0" },
      plugins: [],
      status: "finished",
      timings: [],
      result: { ok: true, value: null },
      state: { ...state, attempts, routing: { ladder, scores }, reasks: weak === 0 ? 1 : 0 },
    };
  });

  it("teach the same as examples do", () => {
    const learned = trainRouter(records, { buckets: 4_096 });
    expect(learned.examples).toBe(300);
    expect(new Set(examplesOf(records).map((example) => example.group))).toEqual(new Set(["triage"]));
    expect(expectedGain(learned, "Refund order 7.")).toBeLessThan(
      expectedGain(learned, "Check the contract's clause."),
    );
  });

  it("say what another confidence would have chosen", () => {
    const hard = examples.filter((example) => example.weak === 0).length;
    const judged = judgeConfidence(records, 0.5);
    expect(judged).toEqual({ requests: 300, chosen: { weak: 300 - hard, strong: hard }, moved: hard });
  });
});
