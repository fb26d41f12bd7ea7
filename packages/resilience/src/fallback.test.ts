import type { Clock } from "@armature/contracts";
import { virtualClock } from "@armature/testkit";
import { describe, expect, it } from "vitest";
import { callModel } from "./call.js";
import type { CallPlan, CallResult, Rung } from "./call-plan.js";
import { Health } from "./health.js";
import { DEFAULT_POLICY } from "./policy.js";
import { httpError, planOf, type Script, scripted, servicesOn, settled } from "./scripted.fixture.js";

const policy = { ...DEFAULT_POLICY, attemptTimeoutMs: 10_000, retries: 0 };
const breaker = { consecutiveFailures: 1, failureRate: 1, window: 100, probeIntervalMs: 5_000 };

const kinds = ({ attempts }: CallResult) =>
  attempts.map(({ route, fault }) => `${route} ${fault?.kind ?? "answered"}`).join(", ");

function world() {
  const clock = virtualClock();
  const health = new Health(clock, { breaker });
  const run = (ladder: readonly Rung[], changes: Partial<CallPlan> = {}, deadlineMs = 60_000) => {
    const plan = planOf(ladder, { policy, ...changes });
    return settled(clock, callModel(plan, servicesOn(clock, { health }, deadlineMs)));
  };
  return { clock, health, run };
}

const down = (): Script => ({ error: httpError(503) });
const silent = (): Script => ({ afterMs: 1_000_000 });

/** Down until `ms` from now. */
function downFor(clock: Clock, ms: number): () => Script {
  const until = clock.now() + ms;
  return () => (clock.now() < until ? down() : {});
}

describe("fallback, when nothing else is left", () => {
  it("waits for the probe of a breaker that it passed over", async () => {
    const { clock, run } = world();
    const primary = scripted(clock, "primary", downFor(clock, 3_000));
    const backup = scripted(clock, "backup", down);
    const first = await run([primary, backup]);
    expect(kinds(first)).toBe("primary overloaded, backup overloaded");
    expect(first).toMatchObject({ ok: false, failure: { code: "PROVIDER_UNAVAILABLE" } });
    const startedAt = clock.now();
    const second = await run([primary, backup]);
    expect(kinds(second)).toBe("primary answered");
    expect(clock.now() - startedAt).toBeLessThanOrEqual(5_100);
  });

  it("fails at once, and says when to come back, where no probe fits into the deadline", async () => {
    const { clock, run } = world();
    const primary = scripted(clock, "primary", down);
    await run([primary]);
    const startedAt = clock.now();
    const result = await run([primary], {}, 4_000);
    expect(clock.now() - startedAt).toBeLessThanOrEqual(50);
    expect(result).toMatchObject({ ok: false, failure: { code: "PROVIDER_UNAVAILABLE", retryable: true } });
    expect(result.ok || result.failure.retryAfterMs).toBeGreaterThan(4_000);
    expect(result.attempts).toEqual([]);
  });

  it("lets one of many waiting calls probe, and the others follow as soon as it has answered", async () => {
    const { clock, health } = world();
    const primary = scripted(clock, "primary", (attempt) => (attempt === 1 ? down() : { afterMs: 1_000 }));
    const call = () => callModel(planOf([primary], { policy }), servicesOn(clock, { health }));
    await settled(clock, call());
    const startedAt = clock.now();
    const all = Promise.all(Array.from({ length: 5 }, call));
    await clock.advance(5_500);
    expect(primary.seen).toHaveLength(2);
    const results = await settled(clock, all);
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(clock.now() - startedAt).toBeLessThanOrEqual(7_100);
  });

  it("comes back to a silent route that has attempts left", async () => {
    const { clock, run } = world();
    const once = (attempt: number) => (attempt === 1 ? silent() : {});
    const result = await run([scripted(clock, "primary", once), scripted(clock, "backup", silent)], {
      policy: { ...policy, retries: 1 },
    });
    expect(kinds(result)).toBe("primary attempt_timeout, backup attempt_timeout, primary answered");
    expect(result.attempts.map(({ why }) => why)).toEqual(["first", "fallback", "retry"]);
  });

  it("does not fail on breakers that open together while time is left", async () => {
    const { clock, run } = world();
    const slow = (attempt: number) => (attempt === 1 ? silent() : {});
    const ladder = [scripted(clock, "a", slow), scripted(clock, "b", silent), scripted(clock, "c", silent)];
    // Two calls find all three breakers open; the first of them may probe.
    await run(ladder, {}, 31_000);
    expect((await run(ladder, {}, 20_000)).ok).toBe(true);
  });

  it("spends no attempt that the cap does not allow", async () => {
    const { clock, run } = world();
    const result = await run([scripted(clock, "a", down), scripted(clock, "b", down), scripted(clock, "c", down)], {
      policy: { ...policy, maxAttempts: 2 },
    });
    expect(kinds(result)).toBe("a overloaded, b overloaded");
    expect(result).toMatchObject({ ok: false, failure: { code: "ATTEMPTS_EXHAUSTED" } });
  });

  it("ends at once when the caller cancels the wait", async () => {
    const { clock, health } = world();
    const primary = scripted(clock, "primary", down);
    const caller = new AbortController();
    const call = () => callModel(planOf([primary], { policy }), servicesOn(clock, { health, signal: caller.signal }));
    await settled(clock, call());
    const waiting = call();
    await clock.advance(100);
    caller.abort();
    await clock.advance(0);
    expect(await waiting).toMatchObject({ ok: false, failure: { code: "CANCELLED" } });
    expect(clock.pending).toBe(0);
  });
});

describe("fallback and what models can do", () => {
  const tooLong = Object.assign(new Error("too long"), { status: 400, error: { code: "context_length_exceeded" } });

  it("takes a prompt that was too long only to larger windows", async () => {
    const { clock, run: runAny } = world();
    const messages = [{ role: "user", content: "word ".repeat(700) }] as const;
    const run = (ladder: readonly Rung[]) => runAny(ladder, { messages });
    const small = scripted(clock, "small", () => ({ error: tooLong }), { contextTokens: 1_000 });
    const same = scripted(clock, "same", () => ({}), { contextTokens: 1_000 });
    const large = scripted(clock, "large", () => ({}), { contextTokens: 9_000 });
    expect(kinds(await run([small, same, large]))).toBe("small context_length, large answered");
    const alone = await run([small, same]);
    expect(alone).toMatchObject({ ok: false, failure: { code: "CONTEXT_TOO_LONG" } });
  });

  it("does not believe the facts about windows when a short prompt is too long", async () => {
    const { clock, run } = world();
    const assumed = scripted(clock, "assumed", () => ({ error: tooLong }), { contextTokens: 8_192 });
    const smaller = scripted(clock, "smaller", () => ({}), { contextTokens: 4_096 });
    const other = scripted(clock, "other", () => ({}), { contextTokens: 8_192 });
    expect(kinds(await run([assumed, smaller, other]))).toBe("assumed context_length, other answered");
  });

  it("passes over models that surely cannot take the call", async () => {
    const { clock, run } = world();
    const messages = [{ role: "user", content: "word ".repeat(2_000) }] as const;
    const fits = scripted(clock, "fits", () => ({}), { contextTokens: 9_000, tools: true });
    const short = scripted(clock, "short", () => ({}), { contextTokens: 1_000, tools: true });
    const deaf = scripted(clock, "deaf", () => ({}), { contextTokens: 9_000 });
    const tools = [{ name: "f", description: "", parameters: {} }];
    expect(kinds(await run([short, fits], { messages }))).toBe("fits answered");
    expect(kinds(await run([deaf, fits], { parameters: { maxOutputTokens: 9, tools } }))).toBe("fits answered");
    const responseSchema = { name: "s", schema: {} };
    const forced = scripted(clock, "forced", () => ({}), { structuredOutput: "tool", tools: false });
    expect(kinds(await run([forced, fits], { parameters: { maxOutputTokens: 9, responseSchema } }))).toBe(
      "fits answered",
    );
  });
});

describe("fallback and the limiter", () => {
  it("takes the next route where the queue of one is too long, and sheds where there is none", async () => {
    const clock = virtualClock();
    const limiter = { initial: 1, least: 1, most: 1, tolerance: 1.5, maxQueue: 0 };
    const health = new Health(clock, { limiter });
    const busy = scripted(clock, "busy", () => ({ afterMs: 1_000 }));
    const free = scripted(clock, "free", () => ({}));
    const call = (ladder: readonly Rung[]) => callModel(planOf(ladder, { policy }), servicesOn(clock, { health }));
    const first = call([busy]);
    await clock.advance(0);
    expect(await settled(clock, call([busy, free]), 1)).toMatchObject({ ok: true, attempts: [{ route: "free" }] });
    expect(await settled(clock, call([busy]), 1)).toMatchObject({
      ok: false,
      failure: { code: "OVERLOADED", retryable: true, retryAfterMs: expect.any(Number) },
      attempts: [],
    });
    expect((await settled(clock, first)).ok).toBe(true);
  });
});
