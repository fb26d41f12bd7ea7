import { isDeepStrictEqual } from "node:util";
import { meter } from "@armature/budget";
import type { Journal, NodeTrace, RequestRecord, RequestState } from "@armature/contracts";
import type { PreparedTask } from "../prepared-task.js";
import type { Runtime } from "../services.js";
import { openSession } from "../session.js";
import { unbounded } from "../spending.js";
import { applyPatch, initialState } from "../state.js";
import { step } from "../step.js";
import type { Table, TableNode } from "../table.js";
import { compareEnds, compareVisit, type Divergence } from "./compare.js";
import { servedAnswers } from "./served-answers.js";
import { servedTable } from "./served-stages.js";
import { ServedTrace } from "./served-trace.js";

/** What a replay came to. `equal`: every stage and the result are as the record has them. */
export type Replay =
  | { readonly status: "equal" }
  | { readonly status: "diverged"; readonly divergence: Divergence }
  | { readonly status: "unreplayable"; readonly why: readonly string[] };

const NOTHING_WRITTEN: Journal = {
  open: async () => undefined,
  write: async () => undefined,
  read: async () => undefined,
  find: async () => [],
  erase: async () => ({ from: "replay", removed: {} }),
};

/**
 * Runs a recorded request again: answers, passages, tool results, times, chance and ids come from the record, everything
 * else is today's code. Nothing is asked of a provider and nothing is written.
 */
export async function replayRecord(
  record: RequestRecord,
  { table, task, runtime }: { readonly table: Table; readonly task: PreparedTask; readonly runtime: Runtime },
): Promise<Replay> {
  const why = record.replay ? record.replay.why : ["The request has not ended."];
  if (!record.replay?.replayable) return { status: "unreplayable", why };
  const { nodes = [] } = record;
  if (!isDeepStrictEqual(nodes, table.placed))
    return { status: "unreplayable", why: [otherGraph(nodes, table.placed)] };
  const unknown = record.timings.find(({ stage }) => !(stage in table.nodes));
  if (unknown) return { status: "unreplayable", why: [`The application has no node "${unknown.stage}".`] };
  const divergence = await firstDivergence(record, servedTable(table, record), task, withoutWorld(runtime));
  return divergence ? { status: "diverged", divergence } : { status: "equal" };
}

// A stage that was replaced keeps its name: without this the standard one would run, and what it came to prove nothing.
function otherGraph(recorded: readonly NodeTrace[], present: readonly NodeTrace[]): string {
  const has = `It ran on a graph with ${namesOf(recorded)}, and this one has ${namesOf(present)}`;
  return `${has}: replay it with the builder of its graph, app.graph(task)....replay(record).`;
}

function namesOf(nodes: readonly NodeTrace[]): string {
  const all = nodes.map(({ name, place, stage }) =>
    place === "instead" ? `another "${stage}"` : `"${name}" ${place} "${stage}"`,
  );
  return all.join(", ") || "the standard nodes only";
}

async function firstDivergence(
  record: RequestRecord,
  table: Table,
  task: PreparedTask,
  runtime: Runtime,
): Promise<Divergence | undefined> {
  let state = beginning(record, table);
  const session = openSession(runtime, task, state, {
    spending: unbounded(meter()),
    placed: table.placed,
    trace: new ServedTrace(record),
    ask: servedAnswers(record),
    caching: false,
  });
  try {
    let name = table.entry;
    for (const [index, recorded] of record.timings.entries()) {
      if (name !== recorded.stage) return astray(record, index, name);
      state = applyPatch(state, await step(table, name, state, session.services), table.fields);
      const difference = compareVisit(name, state, record);
      if (difference) return difference;
      name = (table.nodes[name] as TableNode).next(state);
    }
    const last = record.timings.at(-1)?.stage ?? table.entry;
    return (
      compareEnds(last, state, record) ?? (name === "log" ? undefined : astray(record, record.timings.length, name))
    );
  } finally {
    session.close();
  }
}

/** The visit before this one led elsewhere. */
function astray({ timings }: RequestRecord, index: number, replayed: string): Divergence {
  const { stage, visit } = timings[index - 1] ?? { stage: replayed, visit: 1 };
  return {
    stage,
    visit,
    what: "the way",
    recorded: `on to ${timings[index]?.stage ?? "log"}`,
    replayed: `on to ${replayed}`,
  };
}

function beginning(record: RequestRecord, table: Table): RequestState {
  return initialState(record, record.state.input, table.fields);
}

function withoutWorld(runtime: Runtime): Runtime {
  const { memory: _, cache: __, router: ___, embedder: ____, ...rest } = runtime;
  return { ...rest, journal: NOTHING_WRITTEN, sinks: [], stores: [] };
}
