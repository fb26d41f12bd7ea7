import type { Attempt } from "@armature/contracts";

/** What is known of an attempt when it is sent. */
export type StartedAttempt = Pick<Attempt, "number" | "route" | "model" | "why" | "startedAt"> & {
  readonly attemptId: string;
};

/** What a listener is told while a call runs, in this order for each attempt: `attempt`, its deltas, `attempt-ended`. */
export type CallEvent =
  | ({ readonly type: "attempt" } & StartedAttempt)
  /** Live delivery: the next piece of the answer. All deltas since the start or the latest `restart` are its text. */
  | { readonly type: "delta"; readonly attemptId: string; readonly text: string }
  /** Everything that was delivered until now is void: the deltas that follow replace it. */
  | { readonly type: "restart"; readonly reason: string; readonly attemptId: string }
  | { readonly type: "attempt-ended"; readonly attempt: Attempt };
