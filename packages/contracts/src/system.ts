import { randomFillSync } from "node:crypto";
import type { Clock } from "./clock.js";
import type { Ids } from "./ids.js";
import type { Random } from "./random.js";

/** The longest wait of Node's timers, 24.8 days; what is to take longer they call back at once. Milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    if (ms > LONGEST_TIMER_MS) {
      let cancel = systemClock.after(LONGEST_TIMER_MS, () => {
        cancel = systemClock.after(ms - LONGEST_TIMER_MS, callback);
      });
      return () => cancel();
    }
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

export const systemRandom: Random = { next: () => Math.random() };

// UUIDs are made a hundred at a time: asking the system for 10 bytes costs as much as asking for 1,000.
const ENTROPY_BYTES = 10;
const pool = Buffer.alloc(ENTROPY_BYTES * 100);
let used = pool.length;

/** UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits; sorts by time of creation. */
export const systemIds: Ids = {
  next() {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const entropy = pool.subarray(used, used + ENTROPY_BYTES);
    used += ENTROPY_BYTES;
    const random = entropy.toString("hex");
    const time = Date.now().toString(16).padStart(12, "0");
    const variant = "89ab"[entropy[2]! >> 6];
    return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(5, 8)}-${random.slice(8, 20)}`;
  },
};
