import type { CallPlan } from "@armature/resilience";

/** One way of asking; each runs through the whole matrix. */
export interface Column {
  readonly name: string;
  readonly plan: Pick<CallPlan, "delivery" | "streamed" | "mayRestart">;
  /** Whether the caller must hold the whole answer in all rows. Delivered text may be beyond rescue. */
  readonly isPromise: boolean;
}

export const COLUMNS: readonly Column[] = [
  { name: "verified", plan: {}, isPromise: true },
  { name: "verified, streamed", plan: { streamed: true }, isPromise: true },
  { name: "live", plan: { delivery: "live" }, isPromise: false },
  { name: "live with restarts", plan: { delivery: "live", mayRestart: true }, isPromise: false },
];
