import type { Clock } from "@armature/contracts";

export interface VirtualClock extends Clock {
  /**
   * Moves the time on by `ms` milliseconds and runs what falls due, in order of its time; before the first, between
   * two and after the last, everything that waits for promises runs as far as it gets.
   */
  advance(ms: number): Promise<void>;
  /** How many timers are waiting. */
  readonly pending: number;
}

export interface VirtualClockOptions {
  /** Epoch milliseconds; 2026-01-01T00:00:00Z by default. */
  readonly startAt?: number;
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is advanced. */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  let now = options.startAt ?? Date.UTC(2026, 0, 1);
  const timers = new Set<Timer>();

  function nextDue(until: number): Timer | undefined {
    let next: Timer | undefined;
    // Strictly earlier: among equals the one that was set first wins.
    for (const timer of timers) if (timer.at <= until && (!next || timer.at < next.at)) next = timer;
    return next;
  }

  return {
    now: () => now,
    after(ms, callback) {
      const timer = { at: now + Math.max(0, ms), callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const until = now + ms;
      await flushPromises();
      for (let due = nextDue(until); due; due = nextDue(until)) {
        timers.delete(due);
        now = Math.max(now, due.at);
        due.callback();
        await flushPromises();
      }
      now = Math.max(now, until);
    },
    get pending() {
      return timers.size;
    },
  };
}

// An immediate runs after every microtask, those that microtasks add included.
function flushPromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
