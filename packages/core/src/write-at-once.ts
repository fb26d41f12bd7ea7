import type { RequestState } from "@armature/contracts";
import type { Runnable, RunnableConfig } from "@langchain/core/runnables";
import { START } from "@langchain/langgraph";
import { BareRunnable } from "./bare-runnable.js";
import { entryOf } from "./runner.js";
import type { Patch } from "./state.js";
import { END, type Table } from "./table.js";

/** Where LangGraph puts what takes the writes of a running task, and what it calls the channel that a node waits for. */
const SEND = "__pregel_send";
const triggerOf = (node: string) => `branch:to:${node}`;

type Send = (writes: readonly (readonly [channel: string, value: unknown])[]) => void;

/** The nodes of a compiled graph: what each waits for, and what runs after it to write what it returned. */
interface CompiledNodes {
  readonly [name: string]: { readonly triggers: readonly string[]; writers: Runnable[] };
}

/**
 * Lets each node of a compiled table write its patch and its next node with one call. LangGraph does it with five
 * runnables, each with a configuration and a trace of its own, and decides on a copy of the channels what the runner
 * knows already. Where the runner does not know (`updateState` writes for a node that has
 * not run), and with a LangGraph that works in another way, LangGraph's own writers do it.
 *
 * @param knownState the state of the request that runs under `config`, with `written` in it; `undefined` where none runs
 */
export function writeAtOnce(
  nodes: CompiledNodes,
  table: Table,
  knownState: (config: RunnableConfig, written: Patch) => RequestState | undefined,
): void {
  if (!Object.keys(table.nodes).every((name) => nodes[name]?.triggers.includes(triggerOf(name)))) return;
  const ways: Record<string, (state: RequestState) => string> = { [START]: (state) => entryOf(table, state) };
  for (const [name, node] of Object.entries(table.nodes)) ways[name] = node.next;
  for (const [name, next] of Object.entries(ways)) {
    const node = nodes[name]!;
    const own = node.writers;
    const write = async (patch: Patch, config: RunnableConfig) => {
      const state = knownState(config, patch);
      const send = config.configurable?.[SEND] as Send | undefined;
      if (state && send) {
        const follows = next(state);
        send(follows === END ? Object.entries(patch) : [...Object.entries(patch), [triggerOf(follows), name]]);
      } else {
        for (const writer of own) await writer.invoke(patch, config);
      }
      return patch;
    };
    node.writers = [new BareRunnable("write", write)];
  }
}
