import type { Random } from "@armature/contracts";
import type { Backoff } from "./policy.js";

/**
 * The wait before retry number `retry` (1 for the first), with full jitter: uniform between 0 and the doubled base,
 * so that callers who failed together do not come back together (M. Brooker, "Exponential Backoff And Jitter").
 */
export function backoffMs({ baseMs, maxMs }: Backoff, retry: number, random: Random): number {
  return Math.floor(random.next() * Math.min(maxMs, baseMs * 2 ** (retry - 1)));
}
