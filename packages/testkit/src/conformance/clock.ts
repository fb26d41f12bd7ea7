import { type Clock, sleep } from "@armature/contracts";
import { expect } from "vitest";
import { describePromises, type Make, type Promises } from "./suite.js";

export interface ClockControl {
  /** Lets `ms` milliseconds pass on the clock; real waiting by default. */
  readonly pass?: (clock: Clock, ms: number) => Promise<void>;
}

/** The tests that every clock passes. */
export function describeClock(make: Make<Clock>, control: ClockControl = {}): void {
  describePromises("Clock", clockPromises(control), make);
}

export function clockPromises({ pass = waitReally }: ClockControl): Promises<Clock> {
  return {
    "tells epoch milliseconds that do not run backwards": async (make) => {
      const clock = await make();
      const before = clock.now();
      expect(before).toBeGreaterThan(Date.UTC(2020, 0, 1));
      await pass(clock, 20);
      expect(clock.now() - before).toBeGreaterThanOrEqual(19);
    },

    "calls back once, not before its time, and never at once": async (make) => {
      const clock = await make();
      const startedAt = clock.now();
      const calls: number[] = [];
      clock.after(30, () => calls.push(clock.now() - startedAt));
      clock.after(0, () => calls.push(-1));
      expect(calls).toEqual([]);
      await pass(clock, 60);
      await pass(clock, 60);
      expect(calls).toHaveLength(2);
      expect(calls[0]).toBe(-1);
      expect(calls[1]).toBeGreaterThanOrEqual(29);
    },

    "waits for what is more than a month away": async (make) => {
      const clock = await make();
      const calls: string[] = [];
      const cancels = [2 ** 31, Number.MAX_SAFE_INTEGER].map((ms) => clock.after(ms, () => calls.push("early")));
      await pass(clock, 20);
      expect(calls).toEqual([]);
      for (const cancel of cancels) cancel();
    },

    "calls back in order of time": async (make) => {
      const clock = await make();
      const calls: string[] = [];
      clock.after(60, () => calls.push("late"));
      clock.after(10, () => calls.push("early"));
      await pass(clock, 100);
      expect(calls).toEqual(["early", "late"]);
    },

    "does not call back what was cancelled": async (make) => {
      const clock = await make();
      const calls: string[] = [];
      const cancel = clock.after(20, () => calls.push("cancelled"));
      const late = clock.after(10, () => calls.push("kept"));
      cancel();
      cancel();
      await pass(clock, 60);
      late();
      expect(calls).toEqual(["kept"]);
    },

    "carries a sleep that a signal can end": async (make) => {
      const clock = await make();
      const controller = new AbortController();
      const long = sleep(clock, 60_000, controller.signal);
      const short = sleep(clock, 20);
      controller.abort(new Error("enough"));
      await expect(long).rejects.toThrow("enough");
      await pass(clock, 40);
      await short;
    },
  };
}

function waitReally(_clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
