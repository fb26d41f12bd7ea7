import { deadlineIn, type Message } from "@armature/contracts";
import { seededRandom, sequentialIds, virtualClock } from "@armature/testkit";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asModel } from "./as-model.js";
import { callModel } from "./call.js";
import { DEFAULT_POLICY } from "./policy.js";
import { backoffMs } from "./retry.js";

describe("backoffMs", () => {
  it("stays between nothing and the doubled base, under its ceiling", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 40 }), (seed, retry) => {
        const wait = backoffMs({ baseMs: 100, maxMs: 5_000 }, retry, seededRandom(seed));
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(Math.min(5_000, 100 * 2 ** (retry - 1)));
      }),
    );
  });
});

class Throwing extends FakeListChatModel {
  constructor(private readonly errors: unknown[]) {
    super({ responses: ["at last"] });
  }

  override async _generate(...args: Parameters<FakeListChatModel["_generate"]>) {
    const error = this.errors.shift();
    if (error) throw error;
    const result = await super._generate(...args);
    return result;
  }
}

function limited(retryAfter: string): Error {
  return Object.assign(new Error("slow down"), { status: 429, headers: new Headers({ "retry-after": retryAfter }) });
}

function start(errors: unknown[], deadlineMs: number) {
  const clock = virtualClock();
  const messages: Message[] = [{ role: "user", content: "hi" }];
  const caller = new AbortController();
  const result = callModel(
    {
      ladder: [{ route: "only", model: asModel(new Throwing(errors)) }],
      startRung: 0,
      messages,
      parameters: { maxOutputTokens: 10 },
      minOutputTokens: 1,
      policy: { ...DEFAULT_POLICY, backoff: { baseMs: 100, maxMs: 100 } },
      stage: "call",
      visit: 1,
      firstNumber: 1,
    },
    {
      clock,
      random: { next: () => 0.5 },
      ids: sequentialIds(),
      signal: caller.signal,
      deadline: deadlineIn(clock, deadlineMs),
    },
  );
  return { clock, caller, result };
}

describe("retries in time", () => {
  it("waits what the provider asks for, and a little more", async () => {
    const { clock, result } = start([limited("2")], 10_000);
    await clock.advance(10_000);
    const { attempts } = await result;
    expect(attempts.map(({ startedAt }) => startedAt - attempts[0]!.startedAt)).toEqual([0, 2_050]);
    expect(clock.pending).toBe(0);
  });

  it("fails at once when the wait does not fit into the deadline, and says how long it is", async () => {
    const { clock, result } = start([limited("30")], 10_000);
    await clock.advance(0);
    expect(await result).toMatchObject({
      ok: false,
      failure: { code: "PROVIDER_UNAVAILABLE", retryAfterMs: 30_000, retryable: true },
    });
  });

  it("ends a wait at once when the caller cancels", async () => {
    const { clock, caller, result } = start([limited("5")], 10_000);
    await clock.advance(1_000);
    caller.abort();
    expect(await result).toMatchObject({ ok: false, failure: { code: "CANCELLED" } });
    expect(clock.pending).toBe(0);
  });
});
