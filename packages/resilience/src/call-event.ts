import type { Attempt } from "@armature/contracts";

/** What is known of an attempt when it is sent. */
export type StartedAttempt = Pick<Attempt, "number" | "route" | "model" | "why" | "startedAt"> & {
  readonly attemptId: string;
};

/** A piece of a tool call that is being written: the first brings its name, the others its arguments. */
export interface ToolDelta {
  /** Which call of the turn it belongs to. */
  readonly index: number;
  readonly id?: string;
  readonly name?: string;
  /** The next piece of the arguments' text; may be empty. */
  readonly args: string;
}

/** What a listener is told while a call runs, in this order for each attempt: `attempt`, its deltas, `attempt-ended`. */
export type CallEvent =
  | ({ readonly type: "attempt" } & StartedAttempt)
  /** Live delivery: the next piece of the answer. All deltas since the start or the latest `restart` are its text. */
  | { readonly type: "delta"; readonly attemptId: string; readonly text: string }
  /**
   * Live delivery: the next piece of a call that the model asks for; never of the tool that a structured answer is forced
   * through, whose arguments are the answer's text. Every attempt writes its calls from their beginning.
   */
  | { readonly type: "tool-delta"; readonly attemptId: string; readonly chunk: ToolDelta }
  /** Everything that was delivered until now is void: the deltas that follow replace it. */
  | { readonly type: "restart"; readonly reason: string; readonly attemptId: string }
  | { readonly type: "attempt-ended"; readonly attempt: Attempt };
