import type { Clock } from "./clock.js";

/** The moment by which a request has ended. */
export interface Deadline {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Milliseconds left, 0 when it has passed. */
  remainingMs(): number;
}

/** The deadline that is `ms` from now on `clock`. */
export function deadlineIn(clock: Clock, ms: number): Deadline {
  const at = clock.now() + ms;
  return { at, remainingMs: () => Math.max(0, at - clock.now()) };
}
