import type {
  Answer,
  Attempt,
  CallParameters,
  Clock,
  CostLine,
  Deadline,
  Failure,
  Gate,
  Ids,
  Message,
  Model,
  Random,
} from "@armature/contracts";
import type { CallEvent } from "./call-event.js";
import type { Health } from "./health.js";
import type { CallPolicy } from "./policy.js";

/** A model that may answer, under the application's name for it. */
export interface Rung {
  readonly route: string;
  readonly model: Model;
}

export interface CallPlan {
  /** In the order in which they are tried. */
  readonly ladder: readonly Rung[];
  /** Index on the ladder of the first model that is tried. */
  readonly startRung: number;
  readonly messages: readonly Message[];
  readonly parameters: CallParameters;
  /** A gate may lower the token bound, but not below this. */
  readonly minOutputTokens: number;
  /**
   * `verified` (the default) keeps the text back until the call has ended well, so that a fault is never seen. `live`
   * passes it on as `delta` events while it comes.
   */
  readonly delivery?: Delivery;
  /** Verified delivery: ask for streams all the same, since they show sooner that a provider is silent. */
  readonly streamed?: boolean;
  /**
   * Live delivery: the listener understands `restart`, so that an answer may replace what was delivered. Without it an
   * answer that disagrees with what was delivered is a fault.
   */
  readonly mayRestart?: boolean;
  /** Told what happens as it happens; must not throw. */
  on?(event: CallEvent): void;
  readonly policy: CallPolicy;
  readonly stage: string;
  readonly visit: number;
  /** The number of the first attempt; later ones count on. */
  readonly firstNumber: number;
}

export type Delivery = "verified" | "live";

export interface CallServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  /** Cancels the call. */
  readonly signal: AbortSignal;
  readonly deadline: Deadline;
  readonly gate?: Gate;
  readonly health?: Health;
}

export type CallResult = {
  /** Every attempt, in the order in which they ended. */
  readonly attempts: Attempt[];
  readonly costs: CostLine[];
  /** What did not work and did not stop the call either, in a sentence each. */
  readonly degraded?: readonly string[];
  /** Index on the ladder of the model that was tried last. */
  readonly rung: number;
} & ({ readonly ok: true; readonly answer: Answer } | { readonly ok: false; readonly failure: Failure });
