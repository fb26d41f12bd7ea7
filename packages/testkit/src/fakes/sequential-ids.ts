import type { Ids } from "@armature/contracts";

/** Ids that can be foretold and sort by creation: `id-000001`, `id-000002` ... */
export function sequentialIds(prefix = "id"): Ids {
  let count = 0;
  return { next: () => `${prefix}-${String(++count).padStart(6, "0")}` };
}
