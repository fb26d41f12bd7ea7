import { virtualClock } from "@armature/testkit";
import { describe, expect, it } from "vitest";
import { callModel } from "./call.js";
import type { CallPlan } from "./call-plan.js";
import { Health, type HealthPolicy } from "./health.js";
import { DEFAULT_POLICY } from "./policy.js";
import { planOf, type Script, scripted, servicesOn, settled } from "./scripted.fixture.js";

const USUAL_MS = 100;

/** A route that has answered a hundred times, and then does what `script` says. */
async function measured(
  script: (attempt: number) => Script,
  changes: Partial<CallPlan> = {},
  policy: HealthPolicy = {},
) {
  const clock = virtualClock();
  const health = new Health(clock, policy);
  const { answerMs, firstTokenMs } = health.route("a");
  for (let call = 0; call < 100; call++) {
    answerMs.add(USUAL_MS);
    firstTokenMs.add(USUAL_MS);
  }
  const route = scripted(clock, "a", script, { tools: true });
  const run = async () => {
    const startedAt = clock.now();
    const result = await settled(clock, callModel(planOf([route], changes), servicesOn(clock, { health })), 10);
    return { result, tookMs: clock.now() - startedAt };
  };
  return { run, health, route, clock };
}

const slowFirst = (attempt: number): Script => ({ afterMs: attempt === 1 ? 10_000 : USUAL_MS });

describe("hedged", () => {
  it.each([{ streamed: false }, { streamed: true }])(
    "overtakes a slow attempt and lists both (%o)",
    async (changes) => {
      const { run } = await measured(slowFirst, changes);
      const { result, tookMs } = await run();
      expect(result.ok).toBe(true);
      expect(tookMs).toBeLessThanOrEqual(2 * USUAL_MS + 20);
      expect(result.attempts.map(({ why, result }) => `${why} ${result}`).sort()).toEqual([
        "first cancelled",
        "hedge answered",
      ]);
      expect(result.attempts.map(({ number }) => number).sort()).toEqual([1, 2]);
    },
  );

  it("leaves alone what answers in time", async () => {
    const { run } = await measured(() => ({ afterMs: USUAL_MS - 1 }));
    expect((await run()).result.attempts).toHaveLength(1);
  });

  it("cancels the hedge when the first answers after all", async () => {
    const { run } = await measured((attempt) => ({ afterMs: attempt === 1 ? 150 : 10_000 }));
    const { result, tookMs } = await run();
    expect(tookMs).toBeLessThanOrEqual(170);
    expect(result.attempts.map(({ why, result }) => `${why} ${result}`).sort()).toEqual([
      "first answered",
      "hedge cancelled",
    ]);
  });

  it("takes the one that answers where the other fails", async () => {
    const error = Object.assign(new Error("busy"), { status: 500 });
    const { run } = await measured((attempt) => (attempt === 1 ? { afterMs: 150, error } : { afterMs: 200 }));
    const { result } = await run();
    expect(result.attempts.map(({ why, result }) => `${why} ${result}`)).toEqual(["first failed", "hedge answered"]);
  });

  it("is a matter of measurements, of tools, of the cap and of its own budget", async () => {
    const tools = [{ name: "f", description: "", parameters: {} }];
    const parameters = { maxOutputTokens: 10, tools };
    const hedge = { quantile: 0.95, minSamples: 100, minDelayMs: 50 };
    const count = async (changes: Partial<CallPlan>, policy: HealthPolicy = {}) => {
      const { run } = await measured((attempt) => ({ afterMs: attempt === 1 ? 2_000 : USUAL_MS }), changes, policy);
      return (await run()).result.attempts.length;
    };
    expect(await count({})).toBe(2);
    expect(await count({ policy: { ...DEFAULT_POLICY, hedge: false } })).toBe(1);
    expect(await count({ policy: { ...DEFAULT_POLICY, hedge: { ...hedge, minSamples: 101 } } })).toBe(1);
    expect(await count({ policy: { ...DEFAULT_POLICY, maxAttempts: 2 } })).toBe(1);
    expect(await count({ parameters })).toBe(1);
    expect(await count({ parameters, policy: { ...DEFAULT_POLICY, hedge: { ...hedge, tools: true } } })).toBe(2);
    expect(await count({}, { hedgeBudget: { ratio: 0, burst: 0 } })).toBe(1);
  });

  it("hedges no more than its budget when everything has become slow", async () => {
    const { run, route } = await measured(() => ({ afterMs: 1_000 }), {}, { hedgeBudget: { ratio: 0.05, burst: 2 } });
    for (let call = 0; call < 60; call++) await run();
    expect(route.seen.length).toBeLessThanOrEqual(60 + 2 + 3);
    expect(route.seen.length).toBeGreaterThan(60);
  });

  it("leaves no timer behind", async () => {
    const { run, clock } = await measured(() => ({ afterMs: USUAL_MS - 1 }));
    await run();
    expect(clock.pending).toBe(0);
  });
});
