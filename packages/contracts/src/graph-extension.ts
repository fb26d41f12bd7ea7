import type { ZodType } from "zod";
import type { JsonValue } from "./json.js";
import type { RequestContext } from "./request-context.js";
import type { RequestState } from "./request-state.js";
import type { Stage } from "./stage.js";

/** A state field that a plugin or an application adds. Its values are JSON. */
export interface StateField<Value extends JsonValue = JsonValue> {
  readonly schema: ZodType<Value>;
  readonly initial: Value;
  /** How a patch meets the present value; without it the patch replaces. */
  readonly reduce?: (present: Value, patch: Value) => Value;
}

/** State as an added node sees it: the request's, and the added fields. */
export type ExtendedState = RequestState & { readonly [field: string]: unknown };

/**
 * An added node. It returns a patch: keys left out stay, `attempts`, `changes`, `verdicts`, `costs` and `degraded`
 * append, an unknown key ends the request in `STAGE_FAILED`.
 */
export type GraphNode<State = ExtendedState> = (
  state: State,
  context: RequestContext,
) => Promise<Record<string, unknown>> | Record<string, unknown>;

export interface PlacedNode {
  /** Unique in the graph; letters, digits, `-` and `_`. */
  readonly name: string;
  readonly place: "before" | "after";
  readonly stage: Exclude<Stage, "log">;
  readonly run: GraphNode;
}

/** What a plugin adds to a graph. */
export interface GraphExtension {
  readonly fields?: { readonly [name: string]: StateField };
  readonly nodes?: readonly PlacedNode[];
}
