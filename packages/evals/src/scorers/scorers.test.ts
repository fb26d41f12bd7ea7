import type { JsonValue, Outcome, RequestRecord } from "@armature/contracts";
import { fakeRecord } from "@armature/testkit";
import { ExactMatch, Levenshtein, NumericDiff } from "autoevals";
import { createJsonMatchEvaluator, exactMatch } from "openevals";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fromScorer } from "./adapter.js";
import { cost, latency } from "./bounds.js";
import { exact, jsonDiff, numericCloseness, schemaScorer, setCloseness } from "./json.js";
import type { ScoreRequest, Scorer } from "./scorer.js";
import { citations, groundedness } from "./sources.js";
import { contains, regex } from "./texts.js";

const facts = {
  requestId: "r",
  task: "t",
  attempts: [],
  changes: [],
  verdicts: [],
  costs: [],
  usage: { inputTokens: 0, outputTokens: 0 },
  costMicroUsd: 1500,
  durationMs: 120,
  degraded: [],
};

function request(output: JsonValue, expected?: JsonValue, more: Partial<ScoreRequest> = {}): ScoreRequest {
  const outcome: Outcome<unknown> = { ok: true, value: output, route: "fast", ...facts };
  const app = undefined as never;
  return { input: "in", output, ...(expected !== undefined && { expected }), metadata: {}, outcome, app, ...more };
}
const score = async (scorer: Scorer, ...args: Parameters<typeof request>) =>
  (await scorer.score(request(...args))).score;

describe("scorers of values", () => {
  it.each([
    ["exact", exact(), { a: 1, b: 2 }, { b: 2, a: 1 }, 1],
    ["exact, a list is no object", exact(), [1], { 0: 1 }, 0],
    ["exact, a dotted key is not two keys", exact(), { "a.b": 1 }, { a: { b: 1 } }, 0],
    ["exact, one field", exact({ field: (value) => (value as { a: number }).a }), { a: 1, b: 2 }, { a: 1, b: 3 }, 1],
    ["JSON diff", jsonDiff(), { a: 1, b: [1, 2] }, { a: 1, b: [1, 3] }, 2 / 3],
    ["JSON diff, all wrong", jsonDiff(), "x", { a: 1, b: 2 }, 0],
    ["sets by F1", setCloseness(), ["a", "b", "b"], ["b", "c", "a", "d"], 2 / 3],
    ["sets by Jaccard", setCloseness({ by: "jaccard" }), ["a", "b"], ["b", "c"], 1 / 3],
    ["sets, both empty", setCloseness(), [], [], 1],
    ["sets, no list", setCloseness(), "a", ["a"], 0],
    ["numbers, absolute", numericCloseness({ within: 10 }), 7, 10, 0.7],
    ["numbers, relative", numericCloseness({ within: 0.1, relative: true }), 105, 100, 0.5],
    ["numbers, far", numericCloseness({ within: 1 }), 7, 10, 0],
    ["numbers, exactly zero", numericCloseness({ within: 0.1, relative: true }), 0, 0, 1],
    ["numbers, text", numericCloseness({ within: 1 }), "7", 7, 0],
    ["schema", schemaScorer(z.object({ a: z.number().min(2) })), { a: 1 }, undefined, 0],
    ["schema, fits", schemaScorer(z.object({ a: z.number() })), { a: 1 }, undefined, 1],
    ["regex", regex(/^b\d/g), "b7", undefined, 1],
    ["regex, not", regex(/sorry/i, { not: true }), { text: "Sorry, no" }, undefined, 0],
    ["contains", contains(["cat", "Dog"]), "a cat and a dog", undefined, 0.5],
    ["contains, folded", contains("DOG", { ignoreCase: true }), "a dog", undefined, 1],
    ["contains, of the case", contains(), { text: "x y" }, ["x", "z"], 0.5],
  ] as const)("%s", async (_what, scorer, output, expected, wanted) => {
    expect(await score(scorer, output as JsonValue, expected as JsonValue | undefined)).toBeCloseTo(wanted, 12);
  });

  it("say what spoke against the output, and that a case expects nothing", async () => {
    expect(await exact().score(request(1, 2))).toEqual({ score: 0, note: "1 instead of 2" });
    expect(await jsonDiff().score(request({ a: 1 }, { a: 2 }))).toMatchObject({ note: "a: 2 -> 1" });
    for (const scorer of [exact(), jsonDiff(), setCloseness(), numericCloseness({ within: 1 })]) {
      expect(await scorer.score(request(1))).toEqual({ score: 0, note: "the case says nothing of what is expected" });
    }
    expect(await contains().score(request("x"))).toMatchObject({
      score: 0,
      note: "the case names no text to look for",
    });
  });

  it("give the same answer twice, also with a global expression", async () => {
    const scorer = regex(/a/g);
    expect([await score(scorer, "a"), await score(scorer, "a")]).toEqual([1, 1]);
  });

  it("bound latency and cost of the whole request", async () => {
    expect(await score(latency(120), 1)).toBe(1);
    expect(await score(latency(119), 1)).toBe(0);
    expect(await score(cost(0.0015), 1)).toBe(1);
    expect(await score(cost(0.0014), 1)).toBe(0);
  });
});

describe("scorers of sources", () => {
  const sources = () => [
    { id: "d#0", text: "Refunds take 14 days and are paid to the card." },
    { id: "d#1", text: "Support answers on working days." },
  ];

  it("count the citations that exist and whose quotes stand there", async () => {
    expect(await score(citations({ sources }), "Fourteen days [d#0], says [d#9].")).toBe(0.5);
    expect(await score(citations({ sources }), "No mark.")).toBe(0);
    const cited = (output: JsonValue) => output as unknown as { id: string; quote: string }[];
    const quotes = [
      { id: "d#0", quote: "refunds take\n14 days" },
      { id: "d#1", quote: "14 days" },
    ];
    expect(await score(citations({ sources, cited }), quotes)).toBe(0.5);
  });

  it("count the sentences that one source carries", async () => {
    const grounded = groundedness({ sources });
    expect(await score(grounded, "Refunds take 14 days. [d#0] Support answers on working days.")).toBe(1);
    expect(await score(grounded, "Refunds take 30 days. Support answers on working days.")).toBe(0.5);
    expect(await score(grounded, "Elephants never forget.")).toBe(0);
    expect(await score(grounded, "")).toBe(0);
  });

  it("read the passages of the record", async () => {
    const record = fakeRecord({ requestId: "r" });
    const passage = { id: "p", documentId: "d", text: "Paid in 14 days.", score: 1, store: "s", start: 0, end: 5 };
    const retrieval = { query: "q", passages: [passage], memories: [], dropped: [] };
    const more: Partial<ScoreRequest> = {
      record: { ...record, state: { ...record.state, retrieval } } satisfies RequestRecord,
    };
    expect(await score(citations(), "Soon [p].", undefined, more)).toBe(1);
    expect(await score(groundedness(), "Paid in 14 days.", undefined, more)).toBe(1);
  });
});

describe("scorers of other libraries", () => {
  it("are those of autoevals", async () => {
    expect(await score(fromScorer(ExactMatch), "a", "a")).toBe(1);
    expect(await score(fromScorer(Levenshtein, { name: "distance", threshold: 0.5 }), "abcd", "abcx")).toBe(0.75);
    expect(await score(fromScorer(NumericDiff), 9, 10)).toBeLessThan(1);
    expect(fromScorer(Levenshtein, { name: "distance", threshold: 0.5 })).toMatchObject({
      name: "distance",
      threshold: 0.5,
    });
  });

  it("are those of openevals", async () => {
    expect(await score(fromScorer(exactMatch), { a: 1 }, { a: 1 })).toBe(1);
    expect(await score(fromScorer(exactMatch), { a: 1 }, { a: 2 })).toBe(0);
    const perKey = fromScorer(createJsonMatchEvaluator({}), { name: "fields" });
    expect(await score(perKey, { a: 1, b: 2 }, { a: 1, b: 2 })).toBe(1);
    // One result a key: the first alone would hide the second.
    expect(await perKey.score(request({ a: 1, b: 3 }, { a: 1, b: 2 }))).toEqual({ score: 0.5, note: "json_match:b 0" });
  });

  it("say why in their own field", async () => {
    const rationale = fromScorer(() => ({ name: "x", score: 0.4, metadata: { rationale: "too long" } }));
    expect(await rationale.score(request(1))).toEqual({ score: 0.4, note: "too long" });
    const comments = fromScorer(() => [
      { key: "a", score: true },
      { key: "b", score: false, comment: "rude" },
      { key: "c", score: null },
    ]);
    expect(await comments.score(request(1))).toEqual({
      score: 1 / 3,
      note: "b 0 (rude); c 0 (it could not tell)",
    });
  });

  it("may not know, and may not lie", async () => {
    const unsure = fromScorer(async () => ({ name: "x", score: null }));
    expect(await unsure.score(request(1))).toEqual({ score: 0, note: "it could not tell" });
    await expect(fromScorer(() => ({ score: 7 }), { name: "x" }).score(request(1))).rejects.toThrow(
      /scorer "x" answered 7/,
    );
    for (const answer of [undefined, [], {}, 1, { score: "good" }, { score: Number.NaN }]) {
      await expect(fromScorer(() => answer, { name: "x" }).score(request(1))).rejects.toThrow(/scorer "x" answered/);
    }
    expect(
      await score(
        fromScorer(() => null, { name: "x" }),
        1,
      ),
    ).toBe(0);
  });

  it("are called with the names that they want", async () => {
    const seen: unknown[] = [];
    const spy = fromScorer(
      (args: object) => {
        seen.push(args);
        return { key: "x", score: true };
      },
      {
        name: "x",
        args: ({ output }) => ({ answer: output }),
      },
    );
    expect(await score(spy, 1)).toBe(1);
    expect(seen).toEqual([{ answer: 1 }]);
  });
});
