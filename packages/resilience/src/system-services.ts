import type { Clock, Ids, Random } from "@armature/contracts";

/** The time of the machine. */
export const systemClock: Clock = {
  now: Date.now,
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

export const systemRandom: Random = { next: Math.random };

export const systemIds: Ids = { next: () => crypto.randomUUID() };
