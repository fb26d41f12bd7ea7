import type { Attempt, Outcome } from "@armature/contracts";
import type { GrowingCall, OutputSnapshot, RestartEvent } from "@armature/output";
import type { StartedAttempt } from "@armature/resilience";
import type { ZodType, z } from "zod";

/** A stage or an added node was entered or left. */
export interface StageEvent {
  readonly type: "stage";
  readonly stage: string;
  readonly phase: "entered" | "left";
  /** 1 for the first. */
  readonly visit: number;
}

/** A tool that the model asked for was called, or has answered. */
export interface ToolEvent {
  readonly type: "tool";
  readonly name: string;
  /** The tool call's id. */
  readonly id: string;
  readonly phase: "called" | "answered";
}

/** Prose: the next piece of the text. */
export interface DeltaEvent {
  readonly type: "delta";
  readonly text: string;
}

/** A typed value, as far as it has come. Snapshots that nobody waited for are left out. */
export interface PartialEvent<T> {
  readonly type: "partial";
  readonly partial: OutputSnapshot<T>;
}

/**
 * The tool calls that the attempt under way is writing, as far as they have come; the next attempt starts over. They are
 * shown where delivery is live and no guard watches tools; a call counts once its tool is `called`.
 */
export interface ToolPartialEvent {
  readonly type: "tool-partial";
  readonly calls: readonly GrowingCall[];
}

/**
 * What a stream tells while its request runs. A `restart` withdraws everything that deltas and partials have shown; it
 * comes before anything takes its place. The outcome comes last, and it alone is the contract.
 */
export type StreamEvent<Out extends ZodType = ZodType> =
  | StageEvent
  | ToolEvent
  | ({ readonly type: "attempt" } & StartedAttempt)
  | { readonly type: "attempt-ended"; readonly attempt: Omit<Attempt, "answer"> }
  | DeltaEvent
  | PartialEvent<z.input<Out>>
  | ToolPartialEvent
  | RestartEvent
  | { readonly type: "outcome"; readonly outcome: Outcome<z.output<Out>> };
