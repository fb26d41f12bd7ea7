import { monitorEventLoopDelay } from "node:perf_hooks";
import { FAILURE_CODES } from "@armature/contracts";
import { type FaultPlanOptions, faultPlan, type PlannedKind } from "@armature/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ask, openHouse, RUNNERS } from "./runners.fixture.js";
import { defineTask } from "./task.js";

const GRACE_MS = 250;

const task = defineTask({
  name: "answer",
  input: z.object({ question: z.string() }),
  output: z.object({ answer: z.number().int().min(0), note: z.string().min(1) }),
  prompt: ask,
  models: ["fast", "strong"],
  limits: { deadlineMs: 900, attemptTimeoutMs: 150, retries: 1, reasks: 2, attempts: 5 },
});

const QUICK_KINDS: readonly PlannedKind[] = [
  ...(["reset", "status", "empty_choices", "empty_body", "error_body", "html_body"] as const),
  ...(["truncated_body", "truncated_json", "prose_around_json", "wrong_types", "missing_field"] as const),
  ...(["refusal", "content_filter"] as const),
];

function plans(kinds: readonly PlannedKind[]) {
  return fc.record({
    seed: fc.integer({ min: 0, max: 1_000_000 }),
    rate: fc.constantFrom(0.3, 0.6, 0.9, 1),
    kinds: fc.uniqueArray(fc.constantFrom(...kinds), { minLength: 1, maxLength: 5 }),
  });
}

function broken(plan: FaultPlanOptions) {
  return openHouse(() => '{"answer": 42, "note": "six times seven"}', { faults: faultPlan(plan) });
}

/** What must be the same whichever runner ran: everything but times and ids. */
function essence(value: unknown): unknown {
  const drop = new Set([
    "requestId",
    "id",
    "attemptId",
    "hash",
    "at",
    "timings",
    "acceptedAt",
    "finishedAt",
    "startedAt",
  ]);
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => (drop.has(key) || key.endsWith("Ms") ? undefined : inner)),
  );
}

describe("whatever the provider does", () => {
  it.each(RUNNERS)(
    "%s ends in one outcome in time, with a value that satisfies the schema and one record",
    async (_, run) => {
      await fc.assert(
        fc.asyncProperty(plans([...QUICK_KINDS, "no_answer"]), async (plan) => {
          const house = await broken(plan);
          const delay = monitorEventLoopDelay({ resolution: 5 });
          delay.enable();
          try {
            const outcome = await run(house, task, { question: "6 x 7?" });
            // A machine that lets the whole process stand still makes every timer late by as much.
            const standstillMs = delay.max / 1e6;
            expect(outcome.durationMs).toBeLessThan(900 + GRACE_MS + 3 * standstillMs);
            if (outcome.ok) expect(task.output.safeParse(outcome.value).success).toBe(true);
            else expect(Object.keys(FAILURE_CODES)).toContain(outcome.failure.code);
            const record = await house.record(outcome.requestId);
            expect(record?.status).toBe("finished");
            expect(record?.result?.ok).toBe(outcome.ok);
            expect(outcome.attempts.length).toBeLessThanOrEqual(5);
            // An attempt may end before it has reached the provider; none may reach it unrecorded.
            expect(house.provider.log.length).toBeLessThanOrEqual(outcome.attempts.length);
          } finally {
            delay.disable();
            await house.close();
          }
        }),
        { numRuns: 15, seed: 20_260_101 },
      );
    },
    120_000,
  );

  it("both runners give the same outcome and the same record", async () => {
    // Generous times: what a loaded machine lets time out must not decide this test.
    const patient = defineTask({ ...task, limits: { ...task.limits, deadlineMs: 30_000, attemptTimeoutMs: 10_000 } });
    await fc.assert(
      fc.asyncProperty(plans(QUICK_KINDS), async (plan) => {
        const ends: unknown[] = [];
        for (const [, run] of RUNNERS) {
          const house = await broken(plan);
          try {
            const outcome = await run(house, patient, { question: "6 x 7?" });
            ends.push(essence([outcome, await house.record(outcome.requestId)]));
          } finally {
            await house.close();
          }
        }
        expect(ends[1]).toEqual(ends[0]);
      }),
      { numRuns: 15, seed: 20_260_102 },
    );
  }, 120_000);
});
