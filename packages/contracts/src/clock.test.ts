import { describe, expect, it } from "vitest";
import { type Clock, sleep } from "./clock.js";
import { deadlineIn } from "./deadline.js";

/** The ground has no testkit under it; this clock is moved by hand. */
function handClock() {
  let now = 1_000;
  const timers = new Map<() => void, number>();
  const clock: Clock = {
    now: () => now,
    after(ms, callback) {
      timers.set(callback, now + ms);
      return () => void timers.delete(callback);
    },
  };
  function advance(ms: number) {
    now += ms;
    for (const [callback, at] of [...timers]) {
      if (at > now) continue;
      timers.delete(callback);
      callback();
    }
  }
  return { clock, timers, advance };
}

/** An abort signal that counts who listens to it. */
function countedSignal() {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  };
  return { controller, signal, listeners: () => listeners };
}

describe("sleep", () => {
  it("resolves when the time has passed, not before", async () => {
    const { clock, advance } = handClock();
    let isAwake = false;
    const sleeping = sleep(clock, 50).then(() => {
      isAwake = true;
    });
    advance(49);
    await Promise.resolve();
    expect(isAwake).toBe(false);
    advance(1);
    await sleeping;
    expect(isAwake).toBe(true);
  });

  it("rejects with the signal's reason and leaves no timer behind", async () => {
    const { clock, timers } = handClock();
    const controller = new AbortController();
    const sleeping = sleep(clock, 50, controller.signal);
    expect(timers.size).toBe(1);
    controller.abort(new Error("enough"));
    await expect(sleeping).rejects.toThrow("enough");
    expect(timers.size).toBe(0);
  });

  it("does not begin under a signal that was aborted before", async () => {
    const { clock, timers } = handClock();
    await expect(sleep(clock, 50, AbortSignal.abort("gone"))).rejects.toBe("gone");
    expect(timers.size).toBe(0);
  });

  it("stops listening once it is over, so that a long-lived signal gathers nothing", async () => {
    const { clock, advance } = handClock();
    const { signal, listeners } = countedSignal();
    const sleeping = sleep(clock, 5, signal);
    expect(listeners()).toBe(1);
    advance(5);
    await sleeping;
    expect(listeners()).toBe(0);
  });
});

describe("deadlineIn", () => {
  it("counts down on its clock and stops at zero", () => {
    const { clock, advance } = handClock();
    const deadline = deadlineIn(clock, 100);
    expect([deadline.at, deadline.remainingMs()]).toEqual([1_100, 100]);
    advance(60);
    expect(deadline.remainingMs()).toBe(40);
    advance(60);
    expect(deadline.remainingMs()).toBe(0);
  });
});
