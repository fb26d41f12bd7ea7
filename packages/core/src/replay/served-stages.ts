import type { Failure, RequestRecord, RequestState } from "@armature/contracts";
import { contentOf } from "../content.js";
import type { Services } from "../services.js";
import { checkInput } from "../stages/route.js";
import { toolTurn } from "../stages/tools.js";
import type { Patch } from "../state.js";
import type { StageFunction, Table, TableNode } from "../table.js";

/** Failures that came from outside of the stage in which they happened to be noticed. */
const FROM_OUTSIDE: ReadonlySet<string> = new Set(["CANCELLED", "DEADLINE_EXCEEDED"]);

/**
 * The table in which the stages that ask the world are told what the record says they were told, by stage and visit; all
 * others run as they are, also those that stand in the place of a stage. No policy runs again: how often the provider was
 * asked is part of the answer.
 */
export function servedTable(table: Table, record: RequestRecord): Table {
  const served: { readonly [stage: string]: StageFunction } = {
    route: (state, services) => serveRoute(state, services, record),
    retrieve: async () => failed(record, "retrieve") ?? serveRetrieval(record),
    call: (state) => serveCall(state, record),
    tools: (state) => serveTools(state, record),
  };
  const nodes = Object.entries(table.nodes).map(([name, node]): [string, TableNode] => {
    const own = node.foreign ? undefined : served[name];
    return [name, { ...node, run: own ?? interrupted(name, node.run, record) }];
  });
  return { ...table, nodes: Object.fromEntries(nodes) };
}

/** What `retrieve` found, as the record has it. */
export function serveRetrieval({ state }: RequestRecord): Patch {
  return state.retrieval ? { retrieval: state.retrieval } : {};
}

async function serveRoute(state: RequestState, services: Services, record: RequestRecord): Promise<Patch> {
  const invalid = checkInput(state, services);
  if (invalid) return { failure: invalid };
  return failed(record, "route") ?? { routing: record.state.routing, rung: 0 };
}

async function serveCall(state: RequestState, record: RequestRecord): Promise<Patch> {
  const visit = state.visits.call ?? 1;
  const attempts = record.state.attempts.filter((attempt) => attempt.stage === "call" && attempt.visit === visit);
  const answered = attempts.findLast(({ result }) => result === "answered");
  if (answered?.answer) {
    const at = state.routing?.ladder.findIndex(({ route }) => route === answered.route) ?? -1;
    return { attempts, answer: answered.answer, rung: Math.max(0, at), cached: null };
  }
  if (visit === 1 && record.state.cached && record.state.answer) {
    return { answer: record.state.answer, cached: record.state.cached };
  }
  return { attempts, ...(failed(record, "call") ?? { failure: missing(`no answer for visit ${visit} of "call"`) }) };
}

async function serveTools(state: RequestState, record: RequestRecord): Promise<Patch> {
  const visit = state.visits.tools ?? 1;
  const failure = failed(record, "tools");
  if (failure && visit === record.state.visits.tools) return failure;
  const contents: string[] = [];
  for (const { id, name } of state.answer!.toolCalls) {
    const trace = record.tools?.find((one) => one.visit === visit && one.id === id);
    if (!trace) return { failure: missing(`no run of tool "${name}" (${id}) in visit ${visit}`) };
    contents.push(contentOf(trace.result));
  }
  return toolTurn(state, contents);
}

/** A stage that runs as it is, unless the request was ended from outside while it ran. */
function interrupted(name: string, run: StageFunction, { state: { failure, visits } }: RequestRecord): StageFunction {
  if (!failure || failure.stage !== name || !FROM_OUTSIDE.has(failure.code)) return run;
  return async (state, services) => (state.visits[name] === visits[name] ? { failure } : run(state, services));
}

function failed({ state: { failure } }: RequestRecord, stage: string): Patch | undefined {
  return failure?.stage === stage ? { failure } : undefined;
}

function missing(what: string): Failure {
  return { code: "STAGE_FAILED", message: `The record holds ${what}.`, retryable: false };
}
