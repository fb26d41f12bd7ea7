import { virtualClock } from "@armature/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Breaker, DEFAULT_BREAKER } from "./breaker.js";

const policy = { consecutiveFailures: 3, failureRate: 0.5, window: 10, probeIntervalMs: 1_000 };

function fail(breaker: Breaker, times: number): void {
  for (let i = 0; i < times; i++) breaker.pass()!.failed();
}

describe("Breaker", () => {
  it("opens after failures in a row and lets one probe through at a time", async () => {
    const clock = virtualClock();
    const breaker = new Breaker(clock, policy);
    fail(breaker, 3);
    expect(breaker.state).toBe("open");
    expect(breaker.waitMs()).toBe(1_000);
    expect(breaker.pass()).toBeUndefined();
    await clock.advance(1_000);
    expect(breaker.state).toBe("half-open");
    expect(breaker.waitMs()).toBe(0);
    const probe = breaker.pass()!;
    expect(breaker.pass()).toBeUndefined();
    expect(breaker.waitMs()).toBe(1_000);
    probe.failed();
    expect(breaker.state).toBe("open");
    await clock.advance(1_000);
    breaker.pass()!.succeeded();
    expect(breaker.state).toBe("closed");
  });

  it("gives the place of a probe that was cancelled to the next call", async () => {
    const clock = virtualClock();
    const breaker = new Breaker(clock, policy);
    fail(breaker, 3);
    await clock.advance(1_000);
    breaker.pass()!.gaveUp();
    expect(breaker.pass()).toBeDefined();
  });

  it("does not wait for a probe that hangs, and lets its late failure change nothing", async () => {
    const clock = virtualClock();
    const breaker = new Breaker(clock, policy);
    fail(breaker, 3);
    await clock.advance(1_000);
    const hanging = breaker.pass()!;
    await clock.advance(1_000);
    const probe = breaker.pass()!;
    hanging.failed();
    expect(breaker.state).toBe("half-open");
    expect(breaker.pass()).toBeUndefined();
    probe.succeeded();
    expect(breaker.state).toBe("closed");
  });

  it("stays open no longer for calls that began before it opened", async () => {
    const clock = virtualClock();
    const breaker = new Breaker(clock, policy);
    const early = [breaker.pass()!, breaker.pass()!];
    fail(breaker, 3);
    await clock.advance(900);
    early[0]!.failed();
    early[1]!.succeeded();
    expect(breaker.waitMs()).toBe(100);
  });

  it("tells those who wait that a probe has ended", async () => {
    const clock = virtualClock();
    const breaker = new Breaker(clock, policy);
    fail(breaker, 3);
    await clock.advance(1_000);
    const probe = breaker.pass()!;
    const seen: string[] = [];
    breaker.onProbeEnd(() => seen.push("one"));
    breaker.onProbeEnd(() => seen.push("forgotten"))();
    probe.succeeded();
    expect(seen).toEqual(["one"]);
  });

  it("opens by the share of failures too", () => {
    const breaker = new Breaker(virtualClock(), policy);
    for (let i = 0; i < 9; i++) i % 2 ? breaker.pass()!.succeeded() : breaker.pass()!.failed();
    expect(breaker.state).toBe("closed");
    breaker.pass()!.failed();
    expect(breaker.state).toBe("open");
  });

  it("rests a route without calling it broken", async () => {
    const clock = virtualClock();
    const breaker = new Breaker(clock, policy);
    breaker.pass()!.failed(500);
    expect(breaker.state).toBe("open");
    expect(breaker.waitMs()).toBe(500);
    await clock.advance(500);
    expect(breaker.state).toBe("closed");
    expect(breaker.pass()).toBeDefined();
  });

  it("rests no route for ever, whatever its provider says", async () => {
    const clock = virtualClock();
    const breaker = new Breaker(clock, policy);
    breaker.pass()!.failed(Number.MAX_SAFE_INTEGER);
    expect(breaker.waitMs()).toBe(24 * 3_600_000);
    await clock.advance(24 * 3_600_000);
    expect(breaker.pass()).toBeDefined();
  });

  it("returns within one probe interval of a recovery, whatever came before and whatever still hangs", async () => {
    const step = fc.record({
      end: fc.constantFrom("succeeded" as const, "failed" as const, "gaveUp" as const, "hangs" as const),
      waitMs: fc.integer({ min: 0, max: 3_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (history) => {
        const clock = virtualClock();
        const breaker = new Breaker(clock);
        for (const { end, waitMs } of history) {
          const permit = breaker.pass();
          if (end !== "hangs") permit?.[end]();
          await clock.advance(waitMs);
        }
        await clock.advance(DEFAULT_BREAKER.probeIntervalMs);
        const probe = breaker.pass();
        expect(probe).toBeDefined();
        probe!.succeeded();
        expect(breaker.state).toBe("closed");
        expect(breaker.pass()).toBeDefined();
      }),
      { numRuns: 50 },
    );
  });
});
