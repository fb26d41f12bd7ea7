import type { JsonPath } from "./json.js";
import type { Span } from "./span.js";

/** Where guards stand. `persist` is called by the application in front of its own database. */
export const BOUNDARIES = ["input", "retrieval", "tool", "output", "persist"] as const;

export type Boundary = (typeof BOUNDARIES)[number];

/** One place that a guard points at. */
export interface Finding extends Span {
  /** The part of the subject that it is in. */
  readonly path: JsonPath;
  /** What it is: `EMAIL`, `CARD`, `INJECTION`. */
  readonly label: string;
  /** 0 to 1, where the guard knows how sure it is. */
  readonly score?: number;
  /** With `redact`: what takes the place of the span; the label in brackets by default. */
  readonly replacement?: string;
}

/** `flag` lets pass and is recorded; `redact` replaces the findings; `block` ends the request in `GUARD_BLOCKED`. */
export interface Verdict {
  readonly action: "allow" | "flag" | "redact" | "block";
  readonly findings: readonly Finding[];
  /** One sentence without the text that was found. */
  readonly reason?: string;
}

/** A verdict as it stands in state, outcome and record. */
export interface VerdictEntry extends Verdict {
  readonly guard: string;
  readonly boundary: Boundary;
}
