import { virtualClock } from "@armature/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Breaker, DEFAULT_BREAKER } from "./breaker.js";

const policy = { consecutiveFailures: 3, failureRate: 0.5, window: 10, probeIntervalMs: 1_000 };

function fail(breaker: Breaker, times: number): void {
  for (let i = 0; i < times; i++) {
    expect(breaker.tryPass()).toBe(true);
    breaker.failed();
  }
}

describe("Breaker", () => {
  it("opens after failures in a row and lets one probe through at a time", async () => {
    const clock = virtualClock();
    const breaker = new Breaker(clock, policy);
    fail(breaker, 3);
    expect(breaker.state).toBe("open");
    expect(breaker.waitMs()).toBe(1_000);
    expect(breaker.tryPass()).toBe(false);
    await clock.advance(1_000);
    expect(breaker.state).toBe("half-open");
    expect(breaker.tryPass()).toBe(true);
    expect(breaker.tryPass()).toBe(false);
    breaker.failed();
    expect(breaker.state).toBe("open");
    await clock.advance(1_000);
    expect(breaker.tryPass()).toBe(true);
    breaker.succeeded();
    expect(breaker.state).toBe("closed");
  });

  it("gives the place of a probe that was cancelled to the next call", async () => {
    const clock = virtualClock();
    const breaker = new Breaker(clock, policy);
    fail(breaker, 3);
    await clock.advance(1_000);
    expect(breaker.tryPass()).toBe(true);
    breaker.gaveUp();
    expect(breaker.tryPass()).toBe(true);
  });

  it("opens by the share of failures too", () => {
    const breaker = new Breaker(virtualClock(), policy);
    for (let i = 0; i < 9; i++) i % 2 ? breaker.succeeded() : breaker.failed();
    expect(breaker.state).toBe("closed");
    breaker.failed();
    expect(breaker.state).toBe("open");
  });

  it("rests a route without calling it broken", async () => {
    const clock = virtualClock();
    const breaker = new Breaker(clock, policy);
    breaker.failed(500);
    expect(breaker.state).toBe("open");
    expect(breaker.restMs()).toBe(500);
    await clock.advance(500);
    expect(breaker.state).toBe("closed");
    expect(breaker.tryPass()).toBe(true);
  });

  it("returns within one probe interval of a recovery, whatever came before", async () => {
    const step = fc.record({ ok: fc.boolean(), waitMs: fc.integer({ min: 0, max: 3_000 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (history) => {
        const clock = virtualClock();
        const breaker = new Breaker(clock);
        for (const { ok, waitMs } of history) {
          if (breaker.tryPass()) ok ? breaker.succeeded() : breaker.failed();
          await clock.advance(waitMs);
        }
        await clock.advance(DEFAULT_BREAKER.probeIntervalMs);
        expect(breaker.tryPass()).toBe(true);
        breaker.succeeded();
        expect(breaker.state).toBe("closed");
      }),
      { numRuns: 50 },
    );
  });
});
