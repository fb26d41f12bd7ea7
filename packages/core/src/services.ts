import type { Headroom, PriceOverlay } from "@armature/budget";
import type {
  Attempt,
  CacheKey,
  Clock,
  ContentPolicy,
  CostLine,
  DocumentStore,
  Embedder,
  Gate,
  Guard,
  Ids,
  Journal,
  Memory,
  Model,
  Random,
  RecordOpening,
  RecordSink,
  RequestContext,
  Router,
  Tokenizer,
  Tool,
  ToolCall,
} from "@armature/contracts";
import type { CallPlan, CallResult, Delivery, Health } from "@armature/resilience";
import type { AnswerCache, Flight } from "./answer-cache.js";
import type { PreparedTask } from "./prepared-task.js";
import type { RunEvent } from "./showing.js";
import type { Trace } from "./trace.js";

/** What an application is made of once it has booted; shared by all its requests. */
export interface Runtime {
  readonly models: ReadonlyMap<string, Model>;
  readonly router?: Router;
  readonly stores: readonly DocumentStore[];
  readonly memory?: Memory;
  readonly guards: readonly Guard[];
  readonly tools: readonly Tool[];
  readonly cache?: AnswerCache;
  readonly embedder?: Embedder;
  readonly journal: Journal;
  readonly onJournalFailure: "refuse" | "degrade";
  readonly sinks: readonly RecordSink[];
  readonly tokenizer: Tokenizer;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly health: Health;
  readonly plugins: readonly { readonly name: string; readonly version?: string }[];
  /** Of the configuration, the prompt lock and the code: what a record says about the application. */
  readonly hashes: Omit<RecordOpening["hashes"], "task">;
  /** What records and sinks may keep. */
  readonly content: ContentPolicy;
  /** Drawn anew at each start and kept nowhere: without it nobody finds a short content by trying all of them. */
  readonly salt: string;
  readonly prices?: PriceOverlay;
  /** Whether some budget warns or asks for a cheaper route before it refuses. */
  readonly hasSoftLimits: boolean;
  /** Whether some plugin or budget cannot serve a run without a tenant. */
  readonly tenantRequired: boolean;
}

/**
 * What travels beside the state of one request: nothing in here is JSON, and nothing in here is checkpointed.
 */
export interface Services {
  readonly runtime: Runtime;
  readonly task: PreparedTask;
  readonly context: RequestContext;
  readonly gate: Gate;
  /** What is left under the budgets. Rejects when their store does not answer. */
  readonly headroom: () => Promise<Headroom>;
  /** Asks a person about a tool call, where the runner can pause; it throws the pause. */
  readonly approve?: (call: ToolCall) => boolean;
  /** Whether something thrown is the runner's own pause and must pass through. */
  readonly isPause?: (thrown: unknown) => boolean;
  /** What earlier legs of a paused request took. Milliseconds. */
  readonly activeBefore: number;
  /** When this run, or this leg of a paused run, began. Epoch milliseconds. */
  readonly startedAt: number;
  /** What plugins spent through the metered models and embedder; the runner moves it into the state. */
  readonly spent: { attempts: Attempt[]; costs: CostLine[]; degraded: string[] };
  /** Filled while the request runs. */
  readonly trace: Trace;
  /** What the request has made so far, attempts of plugins included: one count, one cap. */
  readonly made: { attempts: number };
  /** Asks models: the one way in which a request does. */
  ask(plan: CallPlan): Promise<CallResult>;
  /** Whether answers may come from the cache. */
  readonly caching: boolean;
  /** What this request asks for while equal ones wait; its flight lands when the request ends. */
  errand?: { readonly keyOf: (route: string) => CacheKey; readonly route: string; readonly flight: Flight };
  /** Where somebody listens: told what happens, and how the answer is to be delivered. */
  readonly listener?: Listener;
}

/** Somebody who watches a request while it runs. */
export interface Listener {
  readonly delivery: Delivery;
  take(event: RunEvent): void;
}

/** How long the request has been active, pauses excluded. Milliseconds. */
export function activeMs(services: Pick<Services, "activeBefore" | "startedAt" | "runtime">): number {
  return services.activeBefore + services.runtime.clock.now() - services.startedAt;
}
