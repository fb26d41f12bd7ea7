import type { JsonPath, JsonValue } from "./json.js";
import type { Passage } from "./passage.js";
import type { RequestContext } from "./request-context.js";
import { many } from "./token.js";
import type { Boundary, Verdict } from "./verdict.js";

/** What crosses a boundary: every text in it, with the path where it sits. */
export interface GuardSubject {
  readonly boundary: Boundary;
  readonly parts: readonly { readonly path: JsonPath; readonly text: string }[];
  /** The whole value that the parts were taken from. */
  readonly value: JsonValue;
  /** At `output`: what the answer may rest on. */
  readonly passages?: readonly Passage[];
}

/**
 * Decides whether what crosses a boundary may pass. Guards fail closed: one that throws, hangs or answers nonsense
 * ends the request. Findings must lie inside the part they name; the runner, not the guard, replaces them.
 */
export interface Guard {
  readonly name: string;
  readonly boundaries: readonly Boundary[];
  check(subject: GuardSubject, context: RequestContext): Promise<Verdict>;
}

export const Guard = many<Guard>("Guard", { name: "string", boundaries: "object", check: "function" });
