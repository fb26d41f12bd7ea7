import { hash32, seededRandom } from "../fakes/seeded-random.js";
import type { ChatRequest } from "./chat-request.js";
import type { Fault, FaultKind } from "./fault.js";

/** Decides the fault of one attempt. `attemptNumber` counts the chat requests for that model, 1 for the first. */
export type FaultSource = (request: ChatRequest, attemptNumber: number) => Fault | undefined;

/** One source for all models, or one a model; `*` stands for every model without one of its own. */
export type Faults = FaultSource | { readonly [model: string]: FaultSource };

export interface FaultPlanOptions {
  readonly seed: number;
  /** Share of the attempts that are broken, 0 to 1. */
  readonly rate: number;
  /** What may happen, equally often: kinds with their default figures, faults, or functions that make one. */
  readonly kinds: readonly (PlannedKind | Fault | ((request: ChatRequest) => Fault))[];
  /**
   * What makes two requests the same piece of work; the model and its messages by default. Equal keys draw equal
   * faults in equal order, in whatever order different keys arrive.
   */
  readonly key?: (request: ChatRequest) => string;
}

/** Kinds that need no figure to be given. */
export type PlannedKind = Exclude<FaultKind, "rewrite">;

const DEFAULTS: { readonly [K in PlannedKind]: Extract<Fault, { kind: K }> } = {
  reset: { kind: "reset" },
  no_answer: { kind: "no_answer" },
  slow_first_token: { kind: "slow_first_token", ms: 20_000 },
  cut_stream: { kind: "cut_stream", afterTokens: 3 },
  stalled_stream: { kind: "stalled_stream", afterTokens: 3 },
  broken_chunking: { kind: "broken_chunking", afterTokens: 3 },
  status: { kind: "status", status: 503 },
  context_length: { kind: "context_length" },
  error_event: { kind: "error_event", afterTokens: 3 },
  malformed_chunk: { kind: "malformed_chunk", at: 2 },
  missing_chunk: { kind: "missing_chunk", at: 2 },
  no_done: { kind: "no_done" },
  no_finish: { kind: "no_finish" },
  empty_choices: { kind: "empty_choices" },
  empty_body: { kind: "empty_body" },
  error_body: { kind: "error_body" },
  html_body: { kind: "html_body" },
  truncated_body: { kind: "truncated_body" },
  truncated_json: { kind: "truncated_json" },
  prose_around_json: { kind: "prose_around_json" },
  wrong_types: { kind: "wrong_types" },
  missing_field: { kind: "missing_field" },
  fabricated_value: { kind: "fabricated_value" },
  refusal: { kind: "refusal" },
  content_filter: { kind: "content_filter" },
};

/** A seeded plan: which attempt breaks, and how, follows from the seed, the request's key and its repetition alone. */
export function faultPlan(options: FaultPlanOptions): FaultSource {
  const repetitions = new Map<string, number>();
  const keyOf = options.key ?? ((request) => `${request.model}\n${JSON.stringify(request.messages)}`);
  return (request) => {
    const key = keyOf(request);
    const repetition = (repetitions.get(key) ?? 0) + 1;
    repetitions.set(key, repetition);
    const random = seededRandom(hash32(`${options.seed}\n${repetition}\n${key}`));
    if (random.next() >= options.rate) return undefined;
    const kind = options.kinds[Math.floor(random.next() * options.kinds.length)];
    if (kind === undefined) return undefined;
    if (typeof kind === "string") return DEFAULTS[kind];
    return typeof kind === "function" ? kind(request) : kind;
  };
}

/** The source that serves one model. */
export function faultSource(faults: Faults | undefined, model: string): FaultSource | undefined {
  if (faults === undefined || typeof faults === "function") return faults;
  return faults[model] ?? faults["*"];
}
