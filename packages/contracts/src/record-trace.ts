import type { Issue } from "./issue.js";
import type { JsonPath, JsonValue } from "./json.js";
import type { Span } from "./span.js";
import type { Boundary } from "./verdict.js";

/** How long one visit of one stage or node took. */
export interface StageTiming {
  readonly stage: string;
  readonly visit: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly durationMs: number;
}

/** What was wrong with one answer. The state keeps the issues of the latest answer only. */
export interface ValidationTrace {
  /** The visit of `validate`, 1 for the first. */
  readonly visit: number;
  /** The attempt whose answer it was. */
  readonly attemptId?: string;
  readonly issues: readonly Issue[];
}

/** One run of one tool. */
export interface ToolTrace {
  /** The tool call's id. */
  readonly id: string;
  readonly name: string;
  /** The visit of `tools`, 1 for the first. */
  readonly visit: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly latencyMs: number;
  readonly arguments: JsonValue;
  /** What the model was told, after the guards. */
  readonly result: JsonValue;
  /** `refused`: unknown tool, invalid arguments, or a person said no. */
  readonly outcome: "answered" | "refused" | "failed";
}

/** Where an answer came from that nobody had to be paid for. */
export interface CacheProvenance {
  readonly cache: string;
  /** The request that was paid for it. */
  readonly originRequestId: string;
  readonly ageMs: number;
  /** What the answer cost then, in micro-dollars. */
  readonly savedMicroUsd: number;
  /** 1 for an equal request, less for a near one. */
  readonly similarity: number;
  /** The application's name of the model that had answered. */
  readonly route: string;
}

/** Something that a guard took out: where, and as what; never the text itself. */
export interface RedactionTrace extends Span {
  readonly boundary: Boundary;
  readonly guard: string;
  readonly label: string;
  readonly path: JsonPath;
}

/** What one visit of a stage was told by the world, in the order in which it asked; a replay serves it again. */
export interface EffectTrace {
  readonly stage: string;
  readonly visit: number;
  /** Epoch milliseconds. */
  readonly clock: readonly number[];
  readonly ids: readonly string[];
  readonly random: readonly number[];
}

/** A node of the request's graph that is none of the standard ones. */
export interface NodeTrace {
  readonly name: string;
  /** `instead`: it stood in the place of the stage and has its name. */
  readonly place: "before" | "after" | "instead";
  readonly stage: string;
}

/** Whether a replay of this record must come to the same outcome, and if not, why. */
export interface Replayability {
  readonly replayable: boolean;
  /** One sentence a reason; empty when replayable. */
  readonly why: readonly string[];
}

/** What somebody said about an outcome afterwards. */
export interface Feedback {
  /** Higher is better; the scale is the application's. */
  readonly score: number;
  readonly comment?: string;
  /** Epoch milliseconds. */
  readonly at: number;
}
