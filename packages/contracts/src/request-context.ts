import type { Clock } from "./clock.js";
import type { Deadline } from "./deadline.js";
import type { MeteredEmbedder } from "./embedder.js";
import type { Ids } from "./ids.js";
import type { MeteredModels } from "./metered-models.js";
import type { Random } from "./random.js";

/** What every plugin method is told about the request that it serves. */
export interface RequestContext {
  readonly requestId: string;
  readonly task: string;
  readonly tenant?: string;
  readonly user?: string;
  readonly thread?: string;
  /** Aborts when the caller cancels or the deadline passes. */
  readonly signal: AbortSignal;
  readonly deadline: Deadline;
  readonly clock: Clock;
  readonly random: Random;
  /** For what is named while the request runs; like times and chance, a replay serves the same ones. */
  readonly ids: Ids;
  readonly models: MeteredModels;
  readonly embedder: MeteredEmbedder;
}
