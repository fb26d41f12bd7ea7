import { CONTENT_FIELDS, type ContentPolicy, type RequestRecord } from "@armature/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyContentPolicy } from "./content-policy.js";
import { digest } from "./digest.js";
import { CANARY, fullRecord } from "./full-record.fixture.js";

const SALT = "a salt";

/** What is in the record under each policy, as text. */
const textOf = (policy: ContentPolicy, record = fullRecord()) =>
  JSON.stringify(applyContentPolicy(record, policy, SALT));

describe("a content policy", () => {
  test("full changes nothing and says that the record can be replayed", () => {
    const record = fullRecord();
    expect(applyContentPolicy(record, "full", SALT)).toEqual({ ...record, replay: { replayable: true, why: [] } });
  });

  test("the canary sits in every field of content to begin with", () => {
    for (const field of CONTENT_FIELDS) {
      if (field === "effects") continue;
      const others = Object.fromEntries(CONTENT_FIELDS.map((one) => [one, one === field ? "full" : "none"]));
      expect([field, textOf({ default: "none", ...others }).includes(CANARY)]).toEqual([field, true]);
    }
  });

  test.each(["hashes", "none"] as const)("%s leaves no prompt or completion text anywhere", (policy) => {
    expect(textOf(policy)).not.toContain(CANARY);
    expect(textOf(policy)).not.toContain(CANARY.slice(0, 8));
  });

  test("each field answers to its own level only", () => {
    for (const field of CONTENT_FIELDS) {
      const record = fullRecord();
      const kept = applyContentPolicy(record, { default: "full", [field]: "none" }, SALT);
      const { digests, replay: _, ...rest } = kept;
      expect(rest).not.toEqual(record);
      // What holds no text of its own has no digest.
      expect(Object.keys(digests ?? {})).toEqual(["paths", "effects"].includes(field) ? [] : [field]);
    }
  });

  test("identities, numbers, times, costs and codes stay", () => {
    const record = fullRecord();
    const kept = applyContentPolicy(record, "none", SALT);
    for (const key of [
      "requestId",
      "traceId",
      "tenant",
      "acceptedAt",
      "input",
      "hashes",
      "timings",
      "cache",
    ] as const) {
      expect(kept[key]).toEqual(record[key]);
    }
    expect(kept.state.costs).toEqual(record.state.costs);
    expect(kept.state.attempts[1]).toMatchObject({ model: "gpt-4.1", usage: { inputTokens: 412, outputTokens: 64 } });
    expect(kept.state.rendering).toMatchObject({ name: "triage", version: "2.1.0", renderedHash: "r" });
    expect(kept.state.retrieval?.passages[0]).toMatchObject({ id: "faq#3", score: 0.91 });
    expect(kept.state.verdicts[0]).toMatchObject({ guard: "guard-pii", findings: [{ label: "EMAIL", start: 8 }] });
    expect(kept.state.failure).toMatchObject({ code: "OUTPUT_INVALID", stage: "validate" });
    expect(kept.redactions?.[0]).toMatchObject({ label: "EMAIL", guard: "guard-pii" });
  });

  test("a hash stands where its text stood, salted, with its size", () => {
    const record = fullRecord();
    const input = applyContentPolicy(record, "hashes", SALT).state.input;
    const { hash, bytes } = digest(record.state.input, SALT);
    expect(input).toBe(`sha256:${hash}:${bytes}`);
    expect(applyContentPolicy(record, "hashes", "another salt").state.input).not.toBe(input);
  });

  test("variables of a prompt keep their names and lose their values", () => {
    const record = fullRecord();
    const { hash, bytes } = digest(CANARY, SALT);
    const under = (policy: ContentPolicy) => applyContentPolicy(record, policy, SALT).state.rendering?.variables;
    expect(under({ default: "none", prompt: "full" })).toEqual({ email: CANARY });
    expect(under({ default: "full", prompt: "hashes" })).toEqual({ email: `sha256:${hash}:${bytes}` });
    expect(under({ default: "full", prompt: "none" })).toEqual({ email: null });
  });

  test("hashes and sizes of what is not kept stay, whatever the level", () => {
    const record = fullRecord();
    for (const level of ["hashes", "none"] as const) {
      const { digests } = applyContentPolicy(record, level, SALT);
      expect(digests?.input).toEqual(digest([record.state.input], SALT));
      expect(Object.keys(digests ?? {}).sort()).toEqual(
        CONTENT_FIELDS.filter((field) => field !== "paths" && field !== "effects").sort(),
      );
    }
  });

  test("is idempotent, and a stricter policy afterwards leaves what it would have left at first", () => {
    const level = fc.constantFrom("full" as const, "hashes" as const, "none" as const);
    const policy = fc
      .tuple(level, fc.dictionary(fc.constantFrom(...CONTENT_FIELDS), level))
      .map(([all, fields]) => ({ ...fields, default: all }) as ContentPolicy);
    fc.assert(
      fc.property(policy, (drawn) => {
        const once = applyContentPolicy(fullRecord(), drawn, SALT);
        expect(applyContentPolicy(once, drawn, SALT)).toEqual(once);
        const twice = applyContentPolicy(once, "none", SALT);
        const { replay: one, ...kept } = twice;
        const { replay: other, ...wanted } = applyContentPolicy(fullRecord(), "none", SALT);
        expect(kept).toEqual(wanted);
        expect([one?.replayable, other?.replayable]).toEqual([false, false]);
      }),
    );
  });

  test("changes nothing in the record that it is given", () => {
    const record = fullRecord();
    const before = JSON.stringify(record);
    applyContentPolicy(record, "none", SALT);
    expect(JSON.stringify(record)).toBe(before);
  });
});

describe("replayability", () => {
  const replayOf = (record: RequestRecord, policy: ContentPolicy = "full") =>
    applyContentPolicy(record, policy, SALT).replay;

  test("needs every content that a replay serves, and names what is missing", () => {
    expect(replayOf(fullRecord(), { default: "full", answers: "hashes" })).toEqual({
      replayable: false,
      why: ["The record keeps only hashes of its answers."],
    });
    expect(replayOf(fullRecord(), { default: "full", issues: "none", paths: "none", feedback: "none" })).toEqual({
      replayable: true,
      why: [],
    });
  });

  test("keeps the reasons of whoever wrote the record", () => {
    const blocked = { ...fullRecord(), replay: { replayable: false, why: ["A guard blocked the input."] } };
    expect(replayOf(blocked)).toEqual(blocked.replay);
    expect(replayOf(blocked, { default: "full", value: "none" })?.why).toEqual([
      "A guard blocked the input.",
      "The record keeps nothing of its value.",
    ]);
  });

  test("is not given to what has not ended, has no effects, or was erased before", () => {
    expect(replayOf({ ...fullRecord(), status: "paused" })?.why).toEqual(["The request has not ended: it is paused."]);
    const { effects: _, ...without } = fullRecord();
    expect(replayOf(without)?.why).toEqual(["Clock, ids and chance were not recorded."]);
    const erased = applyContentPolicy(fullRecord(), { default: "full", input: "none" }, SALT);
    expect(replayOf(erased)?.why).toEqual(["Its input was taken out of the record before."]);
  });
});
