import type { Attempt, Failure } from "@armature/contracts";
import type { AttemptReport } from "./attempt.js";

/** One attempt on its way through the policies, from the outermost to the one that sends it. */
export interface Order {
  /** Index on the ladder. */
  readonly rung: number;
  readonly why: Attempt["why"];
  /** Ends this attempt alone, besides the signal of the call. */
  readonly signal?: AbortSignal;
  /** Called when it is sent. */
  onSent?(): void;
  /** Called when its answer begins to come, or has come; `false` where another attempt was faster. */
  claim?(): boolean;
}

/** Why no attempt was made. */
export type Obstacle =
  /** The breaker lets nothing through; another route may answer. */
  | { readonly kind: "barred" }
  /** The queue could not serve it in time; another route may answer. */
  | { readonly kind: "shed"; readonly retryAfterMs: number }
  /** Nothing else may be tried either. */
  | { readonly kind: "refused"; readonly failure: Failure };

/** How an order ended: in an attempt, good or bad, or in none. */
export type Turn =
  | { readonly made: true; readonly report: AttemptReport }
  | { readonly made: false; readonly obstacle: Obstacle };

/** A policy around an attempt, or the attempt itself. */
export type Step = (order: Order) => Promise<Turn>;

export function refused(failure: Failure): Turn {
  return { made: false, obstacle: { kind: "refused", failure } };
}
