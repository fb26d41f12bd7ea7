import type { Gate } from "@armature/contracts";
import { type VirtualClock, virtualClock } from "@armature/testkit";
import { describe, expect, it } from "vitest";
import { callModel } from "./call.js";
import type { CallPlan } from "./call-plan.js";
import { httpError, planOf, scripted, servicesOn, settled } from "./scripted.fixture.js";

const never = new Promise<never>(() => undefined);

function world(gate: Partial<Gate>, script = () => ({ afterMs: 100 }) as object) {
  const clock = virtualClock();
  const seen: string[] = [];
  const full: Gate = {
    admit: async (plan) => ({ maxOutputTokens: plan.maxOutputTokens, heldMicroUsd: 70 }),
    settle: async () => ({ microUsd: 40, debtMicroUsd: 0 }),
    ...gate,
  };
  const noted: Gate = {
    admit(plan) {
      seen.push("admit");
      return full.admit(plan);
    },
    settle(id, settlement) {
      seen.push(`settle ${settlement.usage?.outputTokens ?? "all"}`);
      return full.settle(id, settlement);
    },
  };
  const route = scripted(clock, "a", script);
  const start = (deadlineMs = 5_000, signal = new AbortController().signal) =>
    callModel(planOf([route]), servicesOn(clock, { gate: noted, signal }, deadlineMs));
  return { clock, seen, route, start };
}

describe("a hold", () => {
  async function held(clock: VirtualClock, plan: CallPlan): Promise<number[]> {
    const sizes: number[] = [];
    const gate: Gate = {
      async admit({ overheadBytes, maxOutputTokens }) {
        sizes.push(overheadBytes);
        return { maxOutputTokens, heldMicroUsd: 70 };
      },
      settle: async () => ({ microUsd: 40, debtMicroUsd: 0 }),
    };
    await settled(clock, callModel(plan, servicesOn(clock, { gate })));
    return sizes;
  }

  it("covers tools in bytes, since a byte may be a token", async () => {
    const clock = virtualClock();
    const plan = planOf([scripted(clock, "a", () => ({}))]);
    const withTool = (description: string): CallPlan => ({
      ...plan,
      parameters: { ...plan.parameters, tools: [{ name: "find", description, parameters: {} }] },
    });
    const [bare] = await held(clock, withTool(""));
    const [japanese] = await held(clock, withTool("天気を調べる"));
    expect(japanese! - bare!).toBe(18);
  });

  it("pays for no more output than the model can write", async () => {
    const clock = virtualClock();
    const route = scripted(clock, "a", () => ({}));
    const plan = planOf([route]);
    const wished: number[] = [];
    const gate: Gate = {
      async admit({ maxOutputTokens }) {
        wished.push(maxOutputTokens);
        return { maxOutputTokens, heldMicroUsd: 70 };
      },
      settle: async () => ({ microUsd: 40, debtMicroUsd: 0 }),
    };
    const greedy = { ...plan, parameters: { ...plan.parameters, maxOutputTokens: 1_000_000_000 } };
    await settled(clock, callModel(greedy, servicesOn(clock, { gate })));
    expect(wished).toEqual([plan.ladder[0]!.model.capabilities.maxOutputTokens]);
  });

  it("covers the text that the next model is given to continue", async () => {
    const clock = virtualClock();
    const cut = scripted(clock, "a", () => ({ tokens: ["one ", "two "], error: new Error("terminated") }));
    const next = scripted(clock, "b", () => ({ tokens: [" three"] }), { prefill: true });
    const plan = planOf([cut, next], { delivery: "live" });
    const sizes = await held(clock, { ...plan, policy: { ...plan.policy, retries: 0 } });
    expect(sizes).toEqual([0, Buffer.byteLength("one two")]);
  });
});

describe("a gate that hangs", () => {
  it("does not keep a call beyond its deadline, and its late admission is given back", async () => {
    let admit: (() => void) | undefined;
    const { clock, seen, start, route } = world({
      admit: () =>
        new Promise((resolve) => {
          admit = () => resolve({ maxOutputTokens: 10, heldMicroUsd: 70 });
        }),
    });
    const startedAt = clock.now();
    const result = await settled(clock, start(2_000), 10);
    expect(clock.now() - startedAt).toBeLessThanOrEqual(2_010);
    expect(result).toMatchObject({ ok: false, failure: { code: "DEADLINE_EXCEEDED" }, attempts: [] });
    admit!();
    await clock.advance(0);
    expect(seen).toEqual(["admit", "settle 0"]);
    expect(route.seen).toHaveLength(0);
  });

  it("ends with the caller's signal", async () => {
    const { clock, start } = world({ admit: () => never });
    const caller = new AbortController();
    const running = start(60_000, caller.signal);
    await clock.advance(10);
    caller.abort();
    await clock.advance(0);
    expect(await running).toMatchObject({ ok: false, failure: { code: "CANCELLED" } });
    expect(clock.pending).toBe(0);
  });

  it("does not keep back the answer that it should settle", async () => {
    const { clock, start } = world({ settle: () => never });
    const startedAt = clock.now();
    const result = await settled(clock, start(60_000));
    expect(clock.now() - startedAt).toBeLessThanOrEqual(2_200);
    expect(result).toMatchObject({ ok: true, attempts: [{ costMicroUsd: 70 }] });
    expect(result.degraded?.[0]).toContain("did not settle");
  });
});

describe("a gate that finds more billed than was held", () => {
  it("alerts", async () => {
    const { clock, start } = world({ settle: async () => ({ microUsd: 90, debtMicroUsd: 20 }) });
    const result = await settled(clock, start());
    expect(result).toMatchObject({ ok: true, attempts: [{ costMicroUsd: 90 }] });
    expect(result.degraded).toEqual([expect.stringContaining("90 micro-dollars")]);
    expect(result.degraded?.[0]).toContain("20 more than its hold");
  });
});

describe("a gate that throws", () => {
  it("loses no attempt when it settles", async () => {
    let attempt = 0;
    const { clock, start } = world(
      {
        settle: async () => {
          throw new Error("disk full");
        },
      },
      () => (attempt++ === 0 ? { error: httpError(500) } : {}),
    );
    const result = await settled(clock, start());
    expect(result.ok).toBe(true);
    expect(result.attempts.map(({ result, costMicroUsd }) => [result, costMicroUsd])).toEqual([
      ["failed", 70],
      ["answered", 70],
    ]);
    expect(result.costs.map(({ microUsd }) => microUsd)).toEqual([70, 70]);
    expect(result.degraded).toHaveLength(2);
    expect(result.degraded?.[0]).toContain("disk full");
  });

  it("sends nothing when it admits", async () => {
    const { clock, start, route } = world({
      admit: async () => {
        throw new Error("dead");
      },
    });
    expect(await settled(clock, start())).toMatchObject({ ok: false, failure: { code: "PLUGIN_FAILED" } });
    expect(route.seen).toHaveLength(0);
  });
});
