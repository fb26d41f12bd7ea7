import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Attempt, RecordDimension, RecordFilter, RequestRecord } from "@armature/contracts";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { memoryJournal } from "./memory-journal.js";
import { openingOf, recordOf } from "./records.fixture.js";
import { type SqliteJournal, sqliteJournal } from "./sqlite-journal.js";

const T0 = Date.UTC(2026, 0, 30, 20);
const HOUR = 3_600_000;

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);

/** Few values of each kind, so that filters meet often. */
const record = fc
  .record({
    task: oneOf("triage", "triage2", "extract"),
    tenant: oneOf(undefined, "acme", "acme2"),
    user: oneOf(undefined, "ann", "bob"),
    thread: oneOf(undefined, "t-1"),
    traceId: oneOf(undefined, "a".repeat(32)),
    status: oneOf<RequestRecord["status"]>("finished", "finished", "paused", "abandoned"),
    model: oneOf(undefined, "gpt-4.1", "gpt-4.1-mini"),
    prompt: oneOf(undefined, "triage@2.1.0", "triage@2.2.0", "triage2@1.0.0"),
    failure: oneOf(undefined, "OUTPUT_INVALID" as const, "CANCELLED" as const),
    acceptedAt: fc.integer({ min: 0, max: 60 }).map((hours) => T0 + hours * HOUR),
    durationMs: oneOf(undefined, 0, 3, 100, 250.5, 9_000),
    cost: oneOf(0, 5, 400),
  })
  .map(({ model, prompt, failure, cost, ...facts }) => ({ model, prompt, failure, cost, facts }));

type Drawn = typeof record extends fc.Arbitrary<infer T> ? T : never;

function build({ model, prompt, failure, cost, facts }: Drawn, requestId: string): RequestRecord {
  const { durationMs, ...rest } = Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined),
  ) as Partial<RequestRecord>;
  const base = recordOf(requestId, rest);
  const { durationMs: _, ...known } = base;
  const usage = { inputTokens: 10, outputTokens: 3 };
  const attempt = {
    id: "a",
    stage: "call",
    route: "fast",
    model,
    result: "answered",
    usage,
    costMicroUsd: cost,
  } as Attempt;
  const [name = "", version = ""] = prompt?.split("@") ?? [];
  const failed = failure && { code: failure, message: "no", retryable: false };
  return {
    ...known,
    ...(durationMs !== undefined && { durationMs }),
    state: {
      ...base.state,
      attempts: model ? [attempt] : [],
      costs: [{ attemptId: "a", what: "model", name: "m", microUsd: cost }],
      rendering: prompt ? { name, version, hash: "h", renderedHash: "r", tokens: 9, parameters: {} } : null,
    },
    result: failed ? { ok: false, failure: failed } : { ok: true, value: null },
  };
}

const filter: fc.Arbitrary<RecordFilter> = fc
  .record({
    task: oneOf(undefined, undefined, "triage", "extract", "none"),
    tenant: oneOf(undefined, undefined, "acme", "acme2"),
    user: oneOf(undefined, undefined, undefined, "ann"),
    thread: oneOf(undefined, undefined, undefined, "t-1"),
    traceId: oneOf(undefined, undefined, undefined, "a".repeat(32)),
    status: oneOf<RequestRecord["status"] | undefined>(undefined, undefined, "open", "paused", "finished", "abandoned"),
    failureCode: oneOf(undefined, undefined, "CANCELLED"),
    model: oneOf(undefined, undefined, "gpt-4.1"),
    prompt: oneOf(undefined, undefined, "triage", "triage@2.2.0"),
    costAtLeastMicroUsd: oneOf(undefined, undefined, 5),
    costAtMostMicroUsd: oneOf(undefined, undefined, 5),
    durationAtLeastMs: oneOf(undefined, undefined, 100),
    durationAtMostMs: oneOf(undefined, undefined, 250.5),
    since: oneOf(undefined, undefined, T0 + 5 * HOUR),
    until: oneOf(undefined, undefined, T0 + 40 * HOUR),
    limit: oneOf(undefined, 3),
  })
  .map((drawn) => Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined)));

const DIMENSIONS: readonly RecordDimension[] = [
  "day",
  "task",
  "tenant",
  "user",
  "model",
  "prompt",
  "status",
  "failureCode",
];

const dimensions = fc.uniqueArray(oneOf(...DIMENSIONS), { maxLength: 3 });

describe("queries", () => {
  let folder: string;
  let files = 0;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "journal-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const open = () => sqliteJournal({ path: join(folder, `${++files}.db`) });

  test("SQL finds and counts what a scan of the records finds and counts", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 25 }),
        fc.array(fc.tuple(filter, dimensions), { minLength: 8, maxLength: 8 }),
        async (drawn, questions) => {
          const journal = open();
          const reference = memoryJournal();
          for (const one of [journal, reference]) {
            await Promise.all(drawn.map((facts, index) => one.write(build(facts, `r${index}`))));
            await one.open(openingOf("running", { task: "triage", tenant: "acme", acceptedAt: T0 + 7 * HOUR }));
            // One that was paused before runs again.
            if (drawn[0]?.facts.status === "paused") await one.open(openingOf("r0", drawn[0].facts as object));
          }
          for (const [wanted, by] of questions) {
            expect(await journal.find(wanted)).toEqual(await reference.find(wanted));
            const resumed = drawn[0]?.facts.status === "paused";
            if (resumed) continue;
            expect(await journal.aggregate({ by, filter: wanted })).toEqual(
              await reference.aggregate({ by, filter: wanted }),
            );
          }
          await journal.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  test("two common values are met in their indexes", async () => {
    const journal = open();
    const ids = Array.from({ length: 4_600 }, (_, index) => `r${index}`);
    const failure = { code: "CANCELLED" as const, message: "no", retryable: true };
    await Promise.all(
      ids.map((id, index) =>
        journal.write(
          recordOf(id, {
            acceptedAt: T0 + index,
            ...(index % 2 === 0 && { tenant: "acme" }),
            ...(index >= 2_300 && { result: { ok: false, failure } }),
          }),
        ),
      ),
    );
    const found = await journal.find({ tenant: "acme", failureCode: "CANCELLED", limit: 5_000 });
    const wanted = ids.filter((_, index) => index % 2 === 0 && index >= 2_300).reverse();
    expect(found.map(({ requestId }) => requestId)).toEqual(wanted);
    await journal.close();
  });

  test("a rare cost is found beside a common value, within every other bound", async () => {
    const journal = open();
    const expensive = (index: number) => index % 1_000 === 7;
    const writes = Array.from({ length: 10_500 }, (_, index) => {
      const facts = { task: index % 50 === 7 ? "other" : "triage", status: "finished" as const };
      const drawn = { model: "small", prompt: undefined, failure: undefined, cost: expensive(index) ? 900 : 5 };
      return journal.write(build({ ...drawn, facts: { ...facts, acceptedAt: T0 + index } } as Drawn, `r${index}`));
    });
    await Promise.all(writes);
    const found = (filter: RecordFilter) => journal.find(filter).then((all) => all.map(({ requestId }) => requestId));
    const bound = { model: "small", costAtLeastMicroUsd: 900 };
    expect(await found({ ...bound, limit: 3 })).toEqual(["r10007", "r9007", "r8007"]);
    expect(await found({ ...bound, until: T0 + 2_000 })).toEqual(["r1007", "r7"]);
    expect(await found({ ...bound, task: "triage" })).toEqual([]);
    expect(await found({ model: "small", costAtLeastMicroUsd: 901 })).toEqual([]);
    await journal.close();
  });

  test("counts by day and model", async () => {
    const journal = open();
    const facts = { task: "t", status: "finished" as const };
    const writes = [
      { at: T0, model: "small", ms: 100, cost: 5 },
      { at: T0, model: "small", ms: 300, cost: 7 },
      { at: T0 + 5 * HOUR, model: "small", ms: 200, cost: 1, failure: "CANCELLED" as const },
      { at: T0, model: "large", ms: 900, cost: 50 },
    ].map(({ at, model, ms, cost, failure }, index) =>
      journal.write(
        build(
          { model, prompt: undefined, failure, cost, facts: { ...facts, acceptedAt: at, durationMs: ms } } as Drawn,
          `r${index}`,
        ),
      ),
    );
    await Promise.all(writes);
    const near = (ms: number) => expect.closeTo(ms, -Math.log10(ms * 0.02));
    expect(await journal.aggregate({ by: ["day", "model"] })).toEqual([
      group({ day: "2026-01-30", model: "large" }, 1, 0, 50, near(900), near(900)),
      group({ day: "2026-01-30", model: "small" }, 2, 0, 12, near(100), near(300)),
      group({ day: "2026-01-31", model: "small" }, 1, 1, 1, near(200), near(200)),
    ]);
    expect(await journal.aggregate({ by: [] })).toEqual([group({}, 4, 1, 63, near(200), near(900))]);
    expect(await journal.aggregate({ by: [], filter: { task: "none" } })).toEqual([]);
    await journal.close();
  });

  test("counts by every dimension and every two of them", async () => {
    const journal = open();
    const reference = memoryJournal();
    for (const [index, facts] of fc.sample(record, { numRuns: 30, seed: 7 }).entries()) {
      await Promise.all([journal, reference].map((one) => one.write(build(facts, `r${index}`))));
    }
    const pairs = DIMENSIONS.flatMap((a) => DIMENSIONS.map((b) => (a === b ? [a] : [a, b])));
    for (const by of pairs) expect(await journal.aggregate({ by })).toEqual(await reference.aggregate({ by }));
    await journal.close();
  });

  function group(key: object, count: number, failures: number, costMicroUsd: number, p50Ms: number, p95Ms: number) {
    const tokens = { inputTokens: 10 * count, outputTokens: 3 * count };
    return { key, count, failures, costMicroUsd, ...tokens, p50Ms, p95Ms };
  }
});

describe("feedback", () => {
  test("joins the record, and the newest form of it, and goes with its content", async () => {
    const folder = mkdtempSync(join(tmpdir(), "journal-"));
    for (const journal of [memoryJournal(), sqliteJournal({ path: join(folder, "f.db") })]) {
      expect(await journal.feedback("r1", { score: 1, at: T0 })).toBe(false);
      await journal.write(recordOf("r1", { tenant: "acme" }));
      expect(await journal.feedback("r1", { score: 0.2, comment: "wrong customer", at: T0 })).toBe(true);
      expect(await journal.feedback("r1", { score: 1, at: T0 + 1 })).toBe(true);
      const both = [
        { score: 0.2, comment: "wrong customer", at: T0 },
        { score: 1, at: T0 + 1 },
      ];
      expect((await journal.read("r1"))?.feedback).toEqual(both);
      await journal.write((await journal.read("r1"))!);
      expect((await journal.read("r1"))?.feedback).toEqual(both);
      await journal.erase({ tenant: "acme" });
      expect((await journal.read("r1"))?.feedback).toEqual([{ ...both[0], comment: "" }, both[1]]);
      if ("close" in journal) await (journal as SqliteJournal).close();
    }
    rmSync(folder, { recursive: true });
  });
});
