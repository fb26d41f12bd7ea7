import { isDeepStrictEqual } from "node:util";
import type { Message, RequestRecord, RequestState } from "@armature/contracts";

/** Where a replay first came to something else than the record. */
export interface Divergence {
  readonly stage: string;
  readonly visit: number;
  /** What differs: `messages`, `issues`, `the way`, `value` ... */
  readonly what: string;
  /** As text, a line a fact; meant to be shown one below the other. */
  readonly recorded: string;
  readonly replayed: string;
}

type Compared = { readonly what: string; readonly recorded: unknown; readonly replayed: unknown };

/** The first difference that a visit has made; nothing while the replay is as the record. */
export function compareVisit(stage: string, state: RequestState, record: RequestRecord): Divergence | undefined {
  const visit = state.visits[stage] ?? 1;
  return firstDifference(stage, visit, [...comparedAt(stage, visit, state, record), ...wayOn(stage, state, record)]);
}

/** The difference of the ends. `stage` is the last one that ran. */
export function compareEnds(stage: string, state: RequestState, record: RequestRecord): Divergence | undefined {
  const { result } = record;
  const recorded = result?.ok ? { value: result.value } : { failure: facts(result?.failure) };
  const replayed = state.failure ? { failure: facts(state.failure) } : { value: state.candidate?.json ?? null };
  return firstDifference(stage, state.visits[stage] ?? 1, [{ what: "the result", recorded, replayed }]);
}

function comparedAt(stage: string, visit: number, state: RequestState, record: RequestRecord): Compared[] {
  if (stage === "prompt") {
    const recorded = record.state.rendering;
    if (recorded?.renderedHash === state.rendering?.renderedHash) return [];
    const sent = record.state.messages.slice(0, state.messages.length);
    return [{ what: "messages", recorded: talk(sent), replayed: talk(state.messages) }];
  }
  if (stage === "validate") {
    const noted = record.validations?.find((one) => one.visit === visit);
    const issues = (list: RequestState["issues"] = []) =>
      list.map(({ path, message }) => `${path.join(".") || "(the whole answer)"}: ${message}`).join("\n");
    return [{ what: "issues", recorded: issues(noted?.issues), replayed: issues(state.issues) }];
  }
  return [];
}

/** Where the request went on to from here: the visit after this one in the record's order. */
function wayOn(stage: string, state: RequestState, record: RequestRecord): Compared[] {
  const ended = record.state.failure?.code;
  const replayed = state.failure?.code;
  const isLast = record.timings.at(-1)?.stage === stage && record.timings.at(-1)?.visit === state.visits[stage];
  if (replayed !== undefined && !isLast)
    return [{ what: "the way", recorded: "it went on", replayed: facts(state.failure) }];
  if (isLast && replayed !== ended) {
    return [{ what: "failure", recorded: facts(record.state.failure), replayed: facts(state.failure) }];
  }
  return [];
}

function firstDifference(stage: string, visit: number, all: readonly Compared[]): Divergence | undefined {
  const first = all.find(({ recorded, replayed }) => !isDeepStrictEqual(recorded, replayed));
  return (
    first && { stage, visit, what: first.what, recorded: asText(first.recorded), replayed: asText(first.replayed) }
  );
}

function facts(failure: RequestState["failure"] | undefined): string {
  return failure ? `${failure.code}: ${failure.message}` : "no failure";
}

function talk(messages: readonly Message[]): string {
  return messages
    .map(({ role, content }) => `${role}: ${typeof content === "string" ? content : JSON.stringify(content)}`)
    .join("\n");
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, undefined, 2);
}
