import type { RequestState } from "@armature/contracts";
import type { Runnable, RunnableConfig } from "@langchain/core/runnables";
import { START } from "@langchain/langgraph";
import { BareRunnable } from "./bare-runnable.js";
import { isListenedTo } from "./graph-context.js";
import { entryOf } from "./runner.js";
import type { Patch } from "./state.js";
import { END, type Table } from "./table.js";

/** Where LangGraph puts what takes the writes of a running task, and what it calls the channel that a node waits for. */
const SEND = "__pregel_send";
const triggerOf = (node: string) => `branch:to:${node}`;

type Send = (writes: readonly (readonly [channel: string, value: unknown])[]) => void;

/** The nodes of a compiled graph: what each waits for, what it runs, and that with all that writes what it returned. */
interface CompiledNodes {
  readonly [name: string]: {
    readonly triggers: readonly string[];
    readonly bound: Runnable;
    getNode(): Runnable | undefined;
  };
}

/**
 * Runs each node of a compiled table, and writes its patch and its next node, in one call. LangGraph makes a sequence of
 * six runnables of it, each with a configuration and a trace of its own, and decides on a copy of the channels what the
 * runner knows already. Where somebody listens to the trace, and with a LangGraph that works in another way, LangGraph's
 * own sequence runs; its own writers stay with the node for `updateState`.
 *
 * @param legOf what runs under `config`: its `state` is the one after the node that has just run
 */
export function writeAtOnce(
  nodes: CompiledNodes,
  table: Table,
  legOf: (config: RunnableConfig) => { readonly state?: RequestState } | undefined,
): void {
  if (!Object.keys(table.nodes).every((name) => nodes[name]?.triggers.includes(triggerOf(name)))) return;
  const ways: Record<string, (state: RequestState) => string> = { [START]: (state) => entryOf(table, state) };
  for (const [name, node] of Object.entries(table.nodes)) ways[name] = node.next;
  for (const [name, next] of Object.entries(ways)) {
    const node = nodes[name]!;
    const own = node.getNode()!;
    const run = async (input: Patch, config: RunnableConfig): Promise<Patch> => {
      const send = config.configurable?.[SEND] as Send | undefined;
      const leg = legOf(config);
      if (!send || !leg || isListenedTo(config)) return own.invoke(input, config);
      const patch: Patch = name === START ? input : await node.bound.invoke(input, config);
      const follows = next(leg.state ?? (patch as unknown as RequestState));
      send(follows === END ? Object.entries(patch) : [...Object.entries(patch), [triggerOf(follows), name]]);
      return patch;
    };
    const whole = new BareRunnable(name, run);
    node.getNode = () => whole;
  }
}
