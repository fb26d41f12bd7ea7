import type { JsonValue } from "./json.js";
import type { ModelCapabilities } from "./model.js";
import type { RequestContext } from "./request-context.js";
import { single } from "./token.js";

/** A model that a task allows, with what is known about it right now. */
export interface RouteCandidate {
  /** The application's name of the model. */
  readonly route: string;
  readonly model: string;
  readonly capabilities: ModelCapabilities;
  /** Micro-dollars for a thousand tokens, where the price is known. */
  readonly price?: { readonly inputMicroUsd: number; readonly outputMicroUsd: number };
  /** `closed` is healthy; an `open` breaker lets nothing through. */
  readonly breaker: "closed" | "half-open" | "open";
}

export interface RouteRequest {
  /** The input, after the input guards. */
  readonly input: JsonValue;
  /** Every text of the input, joined by newlines. */
  readonly text: string;
  /** Weakest first, as the task lists them. */
  readonly candidates: readonly RouteCandidate[];
  /** Micro-dollars left under the tightest budget, where one applies. */
  readonly headroomMicroUsd?: number;
}

export interface RouteScore {
  readonly route: string;
  readonly score: number;
  readonly reason: string;
  /** What was measured before any threshold, so that another one can be judged later; 0 to 1, higher: it suffices. */
  readonly estimate?: number;
}

export interface RouteDecision {
  /** The chosen model first, then its fallbacks in order. */
  readonly ladder: readonly { readonly route: string; readonly reason: string }[];
  /** Every candidate with its score (higher: rather this one) and what spoke for or against it. */
  readonly scores: readonly RouteScore[];
}

/** What was decided, and what became of it. */
export interface Routing extends RouteDecision {
  /** The model that was chosen first, before a budget that runs low put the task's weakest in its place. */
  readonly downgradedFrom?: string;
}

/** Chooses among the models that a task allows. Without one, the task's own order is the ladder. */
export interface Router {
  readonly name: string;
  route(request: RouteRequest, context: RequestContext): Promise<RouteDecision>;
}

export const Router = single<Router>("Router", { name: "string", route: "function" });
