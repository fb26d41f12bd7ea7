import type { RequestRecord, RequestState, ToolCall } from "@armature/contracts";
import {
  Annotation,
  type BaseChannel,
  type CompiledStateGraph,
  END as GRAPH_END,
  interrupt,
  isGraphInterrupt,
  type LangGraphRunnableConfig,
  START,
  StateGraph,
} from "@langchain/langgraph";
import { accept, type Whose } from "./accept.js";
import { BareRunnable } from "./bare-runnable.js";
import { failure } from "./failure-of.js";
import type { GraphParts } from "./graph-builder.js";
import { inContext } from "./graph-context.js";
import { isAsRecorded, pausedRecord } from "./record.js";
import { entryOf } from "./runner.js";
import { openSession, type Session } from "./session.js";
import { appends, applyPatch, initialState, type Patch } from "./state.js";
import { step } from "./step.js";
import { END, type Table } from "./table.js";
import { writeAtOnce } from "./write-at-once.js";

/** One invocation of a compiled graph: a whole request, or the part of it up to a pause or from one. */
interface Leg {
  readonly signal: AbortSignal | undefined;
  session?: Session;
  /** The state after the latest node. */
  state?: RequestState;
  /** The one visit of `log`. */
  logged?: Promise<Patch>;
}

// LangGraph copies `configurable` into checkpoint metadata, except for keys that begin like this one.
const LEG = "__armature_leg";
const ENDS = "__armature_ends";

/** How long a run that was torn away may take to reach its own `log`. Milliseconds. */
const TEAR_MS = 100;

type NodeFunction = (state: RequestState, config: LangGraphRunnableConfig) => Promise<Record<string, unknown>>;
type StateUpdate = Partial<RequestState> & { readonly [field: string]: unknown };

function channels(table: Table) {
  const keys = Object.keys(initialState({ requestId: "", task: "", acceptedAt: 0 }, null, table.fields));
  const channel = (key: string) => {
    if (appends(key)) {
      return Annotation<unknown[], unknown[]>({
        reducer: (present, added) => [...present, ...added],
        default: () => [],
      });
    }
    const reduce = table.fields[key]?.reduce as ((present: unknown, patch: unknown) => unknown) | undefined;
    const initial = table.fields[key]?.initial;
    return reduce ? Annotation<unknown>({ reducer: reduce, default: () => initial }) : Annotation<unknown>();
  };
  return Object.fromEntries(keys.map((key) => [key, channel(key)]));
}

function asRunnable(name: string, run: NodeFunction) {
  return new BareRunnable(name, (state: RequestState, config) => inContext(config, () => run(state, config)));
}

function buildGraph(table: Table, run: (name: string) => NodeFunction) {
  const root = Annotation.Root(channels(table));
  const graph = new StateGraph<typeof root.spec, RequestState, StateUpdate, string>(root as never);
  for (const name of Object.keys(table.nodes)) graph.addNode(name, asRunnable(name, run(name)) as never);
  const target = (name: string) => (name === END ? GRAPH_END : name);
  const targets = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, target(name)]));
  const entry = new BareRunnable("condition", (state: RequestState) => entryOf(table, state));
  graph.addConditionalEdges(START as never, entry as never, targets([table.entry, "log"]) as never);
  for (const [name, { next, leadsTo }] of Object.entries(table.nodes)) {
    if (leadsTo.length === 1) graph.addEdge(name, target(leadsTo[0]!));
    else graph.addConditionalEdges(name, new BareRunnable("condition", next) as never, targets(leadsTo) as never);
  }
  return graph;
}

export type CompileOptions = NonNullable<Parameters<ReturnType<typeof buildGraph>["compile"]>[0]>;

/** A channel for each key of a state: how LangGraph's types spell it. */
type Channels<State> = { -readonly [Key in keyof State]: BaseChannel<State[Key], State[Key]> };

/** A compiled LangGraph graph that takes and gives a state. */
export type CompiledGraph<State> = CompiledStateGraph<State, Partial<State>, string, Channels<State>, Channels<State>>;

/**
 * Compiles a table to LangGraph, a node a stage. LangGraph's own `signal` and `timeout` would end a run without its
 * record, so they are taken out of the options and work through the request's services instead; and when a consumer
 * leaves the stream or a parent graph aborts, the record is closed all the same.
 */
export function compileTable<State>(parts: GraphParts, options: CompileOptions): CompiledGraph<State> {
  const { table } = parts;
  const compiled = buildGraph(table, (name) => async (state, config) => {
    const leg = config.configurable?.[LEG] as Leg;
    leg.session ??= await resumeLeg(parts, state, leg);
    leg.state ??= state;
    const visit = () => step(table, name, state, leg.session!.services);
    if (name === "log") leg.logged ??= visit();
    const patch = await (name === "log" ? leg.logged! : visit());
    leg.state = applyPatch(state, patch, table.fields);
    return patch;
  }).compile(options);
  writeAtOnce(compiled.nodes, table, (config) => config.configurable?.[LEG] as Leg | undefined);

  const stream = compiled.stream.bind(compiled);
  compiled.stream = ((input: unknown, { signal, timeout, ...rest }: RunConfig = {}) => {
    const configurable = { ...rest.configurable, [ENDS]: anyOf(signal, timeout && AbortSignal.timeout(timeout)) };
    return stream(input as never, { ...rest, configurable } as never);
  }) as typeof compiled.stream;

  const limit = recursionLimit(parts);
  const iterate = compiled._streamIterator.bind(compiled);
  compiled._streamIterator = async function* (input, given) {
    // What is left of signals here is LangGraph's own: a consumer that leaves, a parent graph that aborts.
    const { signal: torn, configurable = {}, ...rest } = (given ?? {}) as RunConfig;
    const leg: Leg = { signal: anyOf(configurable[ENDS] as AbortSignal | undefined, torn) };
    const onTorn = () => parts.runtime.clock.after(TEAR_MS, () => void closeLeg(parts, leg, "torn"));
    torn?.addEventListener("abort", onTorn, { once: true });
    const accepted = isFresh(input)
      ? accept(input.input, { ...configurable, signal: undefined }, parts.task.task, parts.runtime, parts.table.fields)
      : undefined;
    let stopped: Stopped = "torn";
    try {
      yield* iterate(
        (accepted ?? input) as typeof input,
        {
          ...rest,
          recursionLimit: Math.max(limit, rest.recursionLimit ?? 0),
          configurable: { ...configurable, [LEG]: leg },
        } as typeof given,
      );
      stopped = "in order";
    } catch (thrown) {
      // A pause reaches a parent graph as an exception.
      if (isGraphInterrupt(thrown)) stopped = "in order";
      throw thrown;
    } finally {
      torn?.removeEventListener("abort", onTorn);
      if (stopped === "in order" && accepted) await keepUnbegun(parts, accepted, leg);
      await closeLeg(parts, leg, stopped);
    }
  };
  return compiled as unknown as CompiledGraph<State>;
}

interface RunConfig {
  readonly signal?: AbortSignal;
  readonly timeout?: number;
  readonly recursionLimit?: number;
  readonly configurable?: Whose & { readonly [key: string]: unknown };
}

function anyOf(...signals: readonly (AbortSignal | 0 | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal instanceof AbortSignal);
  return given.length > 1 ? AbortSignal.any(given) : given[0];
}

function openLeg(parts: GraphParts, state: RequestState, { signal }: Leg, earlier?: RequestRecord): Session {
  return openSession(parts.runtime, parts.task, state, {
    spending: parts.spending(state),
    placed: parts.table.placed,
    ...(signal && { signal }),
    ...(earlier && { earlier }),
    approve: (call: ToolCall) =>
      interrupt({ kind: "tool_approval", tool: call.name, arguments: call.argumentsText }) === true,
    isPause: isGraphInterrupt,
  });
}

/** Opens the session of a leg; the record of a resumed request keeps what its earlier legs took. */
async function resumeLeg(parts: GraphParts, state: RequestState, leg: Leg): Promise<Session> {
  if (Object.keys(state.visits).length === 0) return openLeg(parts, state, leg);
  const earlier = await parts.runtime.journal.read(state.requestId).catch(() => undefined);
  const session = openLeg(parts, state, leg, earlier);
  session.services.trace.isUnbroken = isAsRecorded(state, earlier, session.services);
  return session;
}

/** The record of a request that paused before its first stage. No guard has seen its input yet, so it holds none. */
async function keepUnbegun(parts: GraphParts, state: RequestState, leg: Leg): Promise<void> {
  if (leg.session || state.failure) return;
  const { services, close } = openLeg(parts, state, leg);
  const record = pausedRecord(state, services);
  await parts.runtime.journal.write({ ...record, state: { ...state, input: null } }).catch(() => undefined);
  close();
}

/** How a leg came to its end: at a pause or the end of the request, or because somebody tore it away. */
type Stopped = "in order" | "torn";

/** Ends what the request holds: as a pause when LangGraph stopped in order, as cancelled when it was torn away. */
async function closeLeg({ table, runtime }: GraphParts, leg: Leg, stopped: Stopped): Promise<void> {
  const { session, state } = leg;
  if (!session) return;
  if (stopped === "in order" && !leg.logged && state) {
    await runtime.journal.write(pausedRecord(state, session.services)).catch(() => undefined);
  }
  if (stopped === "torn" && state) {
    const cancelled = failure("CANCELLED", "The graph was left before the request had ended.");
    leg.logged ??= step(table, "log", { ...state, failure: state.failure ?? cancelled }, session.services);
  }
  await leg.logged;
  session.close();
}

/** A new request brings `{ input }`; a resumed one brings null or a command. */
function isFresh(input: unknown): input is { input: unknown } {
  return typeof input === "object" && input !== null && "input" in input && !("lg_name" in input);
}

/** Steps that the longest request may take: every attempt may be a re-ask or a tool turn, and added nodes count. */
function recursionLimit({ table, task }: GraphParts): number {
  const { attempts, reasks, toolTurns } = task.task.limits;
  const rounds = Math.max(attempts, reasks + toolTurns + 1);
  return (Object.keys(table.nodes).length + 1) * (rounds + 1);
}
