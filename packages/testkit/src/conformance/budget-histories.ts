import type { BudgetStore } from "@armature/contracts";
import fc from "fast-check";
import { expect } from "vitest";
import { BudgetModel } from "./budget-model.js";

const CAPS: { readonly [account: string]: number } = {
  "tenant:a/day:2026-01-01": 1_000,
  "tenant:a/day:2026-01-011": 700,
  "user:u/day:2026-01-01": 400,
};
const ACCOUNTS = Object.keys(CAPS);

type Step =
  | {
      readonly do: "hold";
      readonly lines: readonly string[];
      readonly wish: number;
      readonly floor: number;
      readonly ttl: number;
      readonly dispatched: boolean;
    }
  | { readonly do: "dispatch" | "release"; readonly which: number }
  | { readonly do: "settle"; readonly which: number; readonly microUsd: number }
  | { readonly do: "wait"; readonly ms: number };

const which = fc.nat({ max: 30 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("hold" as const),
      lines: fc.subarray(ACCOUNTS, { minLength: 1 }),
      wish: fc.integer({ min: 1, max: 300 }),
      floor: fc.integer({ min: 1, max: 300 }),
      ttl: fc.integer({ min: 1, max: 40 }),
      dispatched: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("dispatch" as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("release" as const), which }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("settle" as const), which, microUsd: fc.integer({ min: 0, max: 400 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 20 }) }) },
);

export const histories = fc.array(step, { maxLength: 60 });

/** Plays one history to the store and to the model, and compares every answer and every balance. */
export async function playAgainstModel(store: BudgetStore, history: readonly Step[]): Promise<void> {
  const model = new BudgetModel();
  const attempts: string[] = [];
  const dispatched = new Set<string>();
  // Time is even and expiries are odd: whether the very moment of expiry counts as expired is left open.
  let now = 1_000_000;
  for (const one of history) {
    if (one.do === "wait") now += 2 * one.ms;
    if (one.do === "hold") {
      const attemptId = `attempt-${attempts.length}`;
      attempts.push(attemptId);
      const request = {
        attemptId,
        lines: one.lines.map((account) => ({ account, capMicroUsd: CAPS[account] ?? 0 })),
        microUsd: Math.max(one.wish, one.floor),
        atLeastMicroUsd: Math.min(one.wish, one.floor),
        dispatched: one.dispatched,
        now,
        expiresAt: now + 2 * one.ttl + 1,
      };
      const expected = model.hold(request);
      const answer = await store.hold(request);
      expect(answer.held).toBe(expected.held);
      if (expected.held && one.dispatched) dispatched.add(attemptId);
      if (expected.held) expect(answer).toEqual(expected);
      else expect(answer).toMatchObject({ availableMicroUsd: expected.availableMicroUsd });
    }
    const attemptId = "which" in one ? attempts[one.which] : undefined;
    if (attemptId !== undefined) {
      // A second dispatch and a settlement of what was never sent are the caller's mistakes; nothing is promised.
      if (one.do === "dispatch" && !dispatched.has(attemptId)) {
        const sent = model.dispatch(attemptId, now);
        expect(await store.dispatch(attemptId, now)).toBe(sent);
        if (sent) dispatched.add(attemptId);
      }
      if (one.do === "settle" && dispatched.has(attemptId)) {
        model.settle(attemptId, one.microUsd, now);
        await store.settle(attemptId, one.microUsd, now);
      }
      if (one.do === "release") {
        model.release(attemptId);
        await store.release(attemptId);
      }
    }
    const balances = await store.balances(ACCOUNTS, now);
    expect(balances).toEqual(model.balances(ACCOUNTS, now));
  }
}
