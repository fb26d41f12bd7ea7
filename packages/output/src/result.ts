import type { Change, FinishReason, Issue, JsonObject, JsonValue } from "@armature/contracts";
import type { CoercionKind } from "./coerce/scalar.js";

export interface OutputAccepted<T> {
  readonly status: "value";
  /** What the schema made of `json`. */
  readonly value: T;
  /** The JSON candidate, after repair and coercion and before transforms. */
  readonly json: JsonValue;
  /** Every difference between the model's text and `json`. */
  readonly changes: readonly Change[];
  readonly issues: readonly [];
}

export type OutputRefusalCode = "OUTPUT_INVALID" | "OUTPUT_TRUNCATED" | "OUTPUT_REFUSED" | "UNGROUNDED";

export interface OutputRejected {
  readonly status: "refused";
  readonly code: OutputRefusalCode;
  readonly issues: readonly Issue[];
  /** The changes that were made before the text was given up. */
  readonly changes: readonly Change[];
}

/** A value that satisfies the contract, or the reasons why there is none. */
export type ParsedOutput<T> = OutputAccepted<T> | OutputRejected;

export interface ParseOptions {
  /**
   * Why the model stopped. `stop` vouches that a missing last brace is a slip and not a cut; with `length`, text that
   * goes on after its JSON counts as cut.
   */
  readonly finish?: FinishReason;
  /** The refusal that the provider itself marked. */
  readonly refusal?: string;
  /** The task's input: with it, sourced fields are checked. */
  readonly input?: unknown;
  /** Coercions that are not to be made. */
  readonly without?: readonly CoercionKind[];
  /**
   * `first`: of several tool calls, each in its tag, the first that fits is the answer, and the rest is left to later
   * turns. Without it, calls with different values are refused as ambiguous.
   */
  readonly severalCalls?: "first";
  /**
   * The JSON Schema of what a Standard Schema takes, where its library cannot say it: coercion goes by it. Without one,
   * only syntax is mended.
   */
  readonly jsonSchema?: JsonObject;
}
