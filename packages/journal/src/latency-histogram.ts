/** Each bucket is two per cent wider than the one before, so that its middle is within one per cent of all it holds. */
const GROWTH = Math.log(1.02);

/** The bucket of a duration in milliseconds. Buckets grow with the duration; those below a millisecond are near zero. */
export function latencyBucket(ms: number): number {
  return Math.round(Math.log1p(Math.max(0, ms)) / GROWTH);
}

/** The duration in the middle of a bucket, in milliseconds. */
export function bucketMs(bucket: number): number {
  return Math.expm1(bucket * GROWTH);
}

/** The duration below which the share `p` (0 to 1) of the counted durations lies, by nearest rank. */
export function percentileMs(counts: ReadonlyMap<number, number>, p: number): number | undefined {
  let total = 0;
  for (const count of counts.values()) total += count;
  let below = 0;
  for (const bucket of [...counts.keys()].sort((a, b) => a - b)) {
    below += counts.get(bucket) ?? 0;
    if (below >= p * total) return bucketMs(bucket);
  }
  return undefined;
}
