import { systemClock } from "@armature/contracts";
import { afterEach, describe, expect, it } from "vitest";
import { call, kinds, model, onPrimary, provider, serve } from "./call.fixture.js";
import { Health } from "./health.js";

afterEach(() => provider.close());

describe("callModel with a breaker", () => {
  it("leaves a failing route alone and comes back to it within a probe interval", async () => {
    let down = true;
    await serve({ primary: () => (down ? { kind: "status", status: 503 } : undefined) });
    const breaker = { consecutiveFailures: 3, failureRate: 1, window: 100, probeIntervalMs: 200 };
    const health = new Health(systemClock, { breaker });
    const first = await call({ services: { health } });
    expect(kinds(first.result).at(-1)).toBe("backup:answered");
    expect(health.states()).toEqual({ primary: "open", backup: "closed" });
    const second = await call({ services: { health } });
    expect(kinds(second.result)).toEqual(["backup:answered"]);
    down = false;
    await new Promise((resolve) => setTimeout(resolve, 210));
    const third = await call({ services: { health } });
    expect(kinds(third.result)).toEqual(["primary:answered"]);
    expect(health.state("primary")).toBe("closed");
  });

  it("rests a route for as long as it asked, and waits where there is no other", async () => {
    await serve(onPrimary({ kind: "status", status: 429, retryAfter: 0.1 }, 1));
    const health = new Health(systemClock);
    const plan = { ladder: [model("primary")] };
    const [one, two] = await Promise.all([
      call({ plan, services: { health } }),
      new Promise((resolve) => setTimeout(resolve, 40)).then(() => call({ plan, services: { health } })),
    ]);
    expect(one.result.ok && two.result.ok).toBe(true);
    expect(kinds(two.result)).toEqual(["primary:answered"]);
    expect(provider.log).toHaveLength(3);
  });
});

describe("callModel with a retry budget", () => {
  it("leaves a route whose retries are used up by others", async () => {
    await serve({ primary: () => ({ kind: "status", status: 503 }) });
    const breaker = { consecutiveFailures: 1_000, failureRate: 1, window: 1_000, probeIntervalMs: 200 };
    const health = new Health(systemClock, { breaker, retryBudget: { ratio: 0.2, floorPerSecond: 0 } });
    for (let round = 0; round < 20; round++) expect((await call({ services: { health } })).result.ok).toBe(true);
    const primary = provider.log.filter(({ model }) => model === "primary").length;
    // 20 calls, one retry to begin with and a fifth of a retry earned by each call.
    expect(primary).toBeGreaterThanOrEqual(20);
    expect(primary).toBeLessThanOrEqual(20 + 1 + 4);
  });
});
