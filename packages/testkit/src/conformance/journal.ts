import type { Journal, RecordFilter } from "@armature/contracts";
import { expect } from "vitest";
import { fakeOpening, fakeRecord } from "../fakes/fake-record.js";
import { CONFUSABLE_TENANTS, describePromises, type Make, ofTenant, type Promises } from "./suite.js";

const T0 = Date.UTC(2026, 0, 1);

/** The tests that every journal passes. `make` returns a fresh, empty journal. */
export function describeJournal(make: Make<Journal>): void {
  describePromises("Journal", journalPromises, make);
}

export const journalPromises: Promises<Journal> = {
  "knows no record at first": async (make) => {
    const journal = await make();
    expect(await journal.read("request-1")).toBeUndefined();
    expect(await journal.find({})).toEqual([]);
  },

  "shows a request as open from its opening on": async (make) => {
    const journal = await make();
    const opening = fakeOpening({ tenant: "acme", user: "ann", thread: "t-1", traceId: "a".repeat(32) });
    await journal.open(opening);
    expect(await journal.read("request-1")).toMatchObject({ ...opening, status: "open", result: null });
    const [summary] = await journal.find({ status: "open" });
    expect(summary).toMatchObject({
      requestId: "request-1",
      task: "test",
      tenant: "acme",
      status: "open",
      acceptedAt: T0,
    });
    expect(await journal.find({ status: "finished" })).toEqual([]);
  },

  "reads back exactly what was written": async (make) => {
    const journal = await make();
    const odd = `zero \u0000, quote ', fox 🦊, ${"long ".repeat(50_000)}`;
    const record = fakeRecord({
      tenant: "acme",
      state: { input: { odd, list: [1, 2.5, null, true], nested: { "": "empty key" } }, degraded: ["memory"] },
      result: { ok: true, value: { odd } },
    });
    await journal.open(fakeOpening({ tenant: "acme" }));
    await journal.write(record);
    expect(await journal.read("request-1")).toEqual(record);
  },

  "replaces a record by its newest form": async (make) => {
    const journal = await make();
    await journal.open(fakeOpening());
    await journal.write(fakeRecord({ status: "paused", result: null }));
    expect((await journal.read("request-1"))?.status).toBe("paused");
    const last = fakeRecord({ result: { ok: true, value: "newest" } });
    await journal.write(last);
    await journal.write(last);
    expect(await journal.read("request-1")).toEqual(last);
    expect(await journal.find({})).toHaveLength(1);
    expect(await journal.find({ status: "paused" })).toEqual([]);
  },

  "summarises what a record cost, took and failed with": async (make) => {
    const journal = await make();
    const costs = [30, 12].map((microUsd, index) => ({
      attemptId: `a${index}`,
      what: "model" as const,
      name: "m",
      microUsd,
    }));
    const failure = { code: "OUTPUT_INVALID" as const, message: "wrong", retryable: true };
    await journal.open(fakeOpening({ tenant: "acme" }));
    await journal.write(
      fakeRecord({ tenant: "acme", durationMs: 77, state: { costs, failure }, result: { ok: false, failure } }),
    );
    expect(await journal.find({})).toEqual([
      {
        requestId: "request-1",
        task: "test",
        tenant: "acme",
        status: "finished",
        failureCode: "OUTPUT_INVALID",
        acceptedAt: T0,
        durationMs: 77,
        costMicroUsd: 42,
      },
    ]);
  },

  "finds by every field of the filter, newest first": async (make) => {
    const journal = await make();
    const failure = { code: "CANCELLED" as const, message: "gone", retryable: true };
    await write(journal, fakeRecord({ requestId: "a", acceptedAt: T0 + 10, task: "triage" }));
    await write(
      journal,
      fakeRecord({ requestId: "b", acceptedAt: T0 + 30, state: { failure }, result: { ok: false, failure } }),
    );
    await write(journal, fakeRecord({ requestId: "c", acceptedAt: T0 + 20, task: "triage2" }));
    await journal.open(fakeOpening({ requestId: "d", acceptedAt: T0 + 40, task: "triage" }));
    const ids = async (filter: RecordFilter) => (await journal.find(filter)).map((summary) => summary.requestId);
    expect(await ids({})).toEqual(["d", "b", "c", "a"]);
    expect(await ids({ task: "triage" })).toEqual(["d", "a"]);
    expect(await ids({ task: "triage", status: "finished" })).toEqual(["a"]);
    expect(await ids({ failureCode: "CANCELLED" })).toEqual(["b"]);
    expect(await ids({ since: T0 + 20, until: T0 + 40 })).toEqual(["b", "c"]);
    expect(await ids({ limit: 2 })).toEqual(["d", "b"]);
    expect(await ids({ task: "tri%" })).toEqual([]);
  },

  "finds a hundred unless told": async (make) => {
    const journal = await make();
    await Promise.all(
      Array.from({ length: 120 }, (_, index) =>
        write(journal, fakeRecord({ requestId: `r${index}`, acceptedAt: T0 + index })),
      ),
    );
    const found = await journal.find({});
    expect(found).toHaveLength(100);
    expect(found[0]?.requestId).toBe("r119");
    expect(await journal.find({ limit: 1_000 })).toHaveLength(120);
  },

  "finds by exact tenant, however near the names": async (make) => {
    const journal = await make();
    for (const [index, tenant] of CONFUSABLE_TENANTS.entries()) {
      await write(journal, fakeRecord({ requestId: `r${index}`, ...ofTenant(tenant) }));
    }
    for (const [index, tenant] of CONFUSABLE_TENANTS.entries()) {
      if (tenant === undefined) continue;
      expect((await journal.find({ tenant })).map((summary) => summary.requestId)).toEqual([`r${index}`]);
    }
  },

  "where it takes feedback: joins it to its record, through rewriting, and knows whose record is not there": async (
    make,
  ) => {
    const journal = await make();
    if (!journal.feedback) return;
    expect(await journal.feedback("request-1", { score: 1, at: T0 })).toBe(false);
    await write(journal, fakeRecord());
    expect(await journal.feedback("request-1", { score: 0.5, comment: "late", at: T0 + 1 })).toBe(true);
    await journal.write(fakeRecord({ durationMs: 99 }));
    const expected = { durationMs: 99, feedback: [{ score: 0.5, comment: "late", at: T0 + 1 }] };
    expect(await journal.read("request-1")).toMatchObject(expected);
  },

  "where it counts: groups by what it is asked for, within the filter": async (make) => {
    const journal = await make();
    if (!journal.aggregate) return;
    const failure = { code: "CANCELLED" as const, message: "gone", retryable: true };
    const costs = [{ attemptId: "a", what: "model" as const, name: "m", microUsd: 7 }];
    await write(journal, fakeRecord({ requestId: "a", task: "one", durationMs: 100, state: { costs } }));
    await write(journal, fakeRecord({ requestId: "b", task: "one", result: { ok: false, failure } }));
    await write(journal, fakeRecord({ requestId: "c", task: "two", acceptedAt: T0 + 86_400_000 }));
    const groups = await journal.aggregate({ by: ["day", "task"] });
    expect(groups.map(({ key, count, failures, costMicroUsd }) => [key, count, failures, costMicroUsd])).toEqual([
      [{ day: "2026-01-01", task: "one" }, 2, 1, 7],
      [{ day: "2026-01-02", task: "two" }, 1, 0, 0],
    ]);
    expect(groups[0]?.p95Ms).toBeGreaterThan(98);
    expect(groups[0]?.p95Ms).toBeLessThan(102);
    expect(await journal.aggregate({ by: [], filter: { task: "two" } })).toMatchObject([{ key: {}, count: 1 }]);
  },

  "where it forgets: removes what a rule no longer keeps, of exactly the tenant": async (make) => {
    const journal = await make();
    if (!journal.retain) return;
    for (const [index, tenant] of CONFUSABLE_TENANTS.entries()) {
      await write(journal, fakeRecord({ requestId: `r${index}`, ...ofTenant(tenant) }));
    }
    const first = CONFUSABLE_TENANTS.findIndex((tenant) => tenant !== undefined);
    const receipt = await journal.retain([{ tenant: CONFUSABLE_TENANTS[first]!, maxBytes: 0 }]);
    expect(receipt).toMatchObject({ records: 1 });
    expect(receipt.bytes).toBeGreaterThan(0);
    const kept = (await journal.find({})).map((summary) => summary.requestId);
    expect(kept.sort()).toEqual(
      CONFUSABLE_TENANTS.map((_, index) => `r${index}`)
        .filter((id) => id !== `r${first}`)
        .sort(),
    );
  },

  "erases content in exactly the scope, keeps identity and hashes, and says what went": async (make) => {
    const journal = await make();
    const secret = "my number is 555-0199";
    const people = [
      { tenant: "acme", user: "ann", thread: "t-1" },
      { tenant: "acme", user: "ann", thread: "t-2" },
      { tenant: "acme", user: "bob", thread: "t-1" },
      { tenant: "acme2", user: "ann", thread: "t-1" },
    ];
    for (const [index, person] of people.entries()) {
      await write(
        journal,
        fakeRecord({
          requestId: `r${index}`,
          ...person,
          state: {
            input: { secret },
            messages: [{ role: "user", content: secret }],
            answer: { text: secret, toolCalls: [], finish: "stop" },
            candidate: { json: { secret } },
            issues: [{ kind: "custom", path: [], message: "wrong", received: secret }],
            retrieval: { query: secret, passages: [], memories: [], dropped: [] },
            changes: [{ kind: "trim", class: "lossless", path: [], before: secret, after: "x" }],
            attempts: [
              {
                id: `r${index}-1`,
                number: 1,
                stage: "call",
                visit: 1,
                route: "fast",
                model: "m",
                why: "first",
                startedAt: T0,
                latencyMs: 3,
                result: "answered",
                answer: { text: secret, toolCalls: [], finish: "stop" },
                costMicroUsd: 5,
              },
            ],
          },
          result: { ok: true, value: { secret } },
        }),
      );
    }
    const holding = async () => {
      const records = await Promise.all(people.map((_, index) => journal.read(`r${index}`)));
      return records.map((record) => JSON.stringify(record).includes("555-0199"));
    };
    expect(await holding()).toEqual([true, true, true, true]);
    const receipt = await journal.erase({ tenant: "acme", user: "ann", thread: "t-1" });
    expect(receipt.from).toMatch(/\S/);
    expect(receipt.removed.records).toBe(1);
    expect(await holding()).toEqual([false, true, true, true]);
    expect(await journal.read("r0")).toMatchObject({
      requestId: "r0",
      status: "finished",
      tenant: "acme",
      input: fakeOpening().input,
      hashes: fakeOpening().hashes,
    });
    await journal.erase({ tenant: "acme", user: "ann" });
    expect(await holding()).toEqual([false, false, true, true]);
    await journal.erase({ tenant: "acme" });
    expect(await holding()).toEqual([false, false, false, true]);
    expect(await journal.find({ tenant: "acme" })).toHaveLength(3);
  },
};

async function write(journal: Journal, record: ReturnType<typeof fakeRecord>): Promise<void> {
  const { status: _status, finishedAt, durationMs, state, timings, result, ...opening } = record;
  await journal.open(opening);
  await journal.write(record);
}
