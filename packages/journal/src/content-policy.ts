import {
  type ContentPolicy,
  initialRequestState,
  type JsonObject,
  type JsonValue,
  type RequestRecord,
  type RequestState,
} from "@armature/contracts";
import { ContentKeeper, contentLevels } from "./content-keeper.js";
import {
  keptAnswer,
  keptAttempt,
  keptChange,
  keptFailure,
  keptIssue,
  keptMessage,
  keptRetrieval,
  keptRouting,
  keptTool,
  keptVariables,
  keptVerdict,
} from "./kept-contents.js";
import { replayabilityOf } from "./replayability.js";

/**
 * The record with no more content than the policy allows, for every journal and sink. Identities, numbers, times, costs
 * and codes stay; for each field that is not kept in full a salted hash and the size stay in `digests`. Says in `replay`
 * whether the result can be replayed. Pure, and idempotent: a record that has been reduced is never reduced to a hash of
 * a hash.
 *
 * @param salt keeps short contents from being guessed back from their hashes; with one salt for an application, equal
 * contents of different requests have equal hashes
 */
export function applyContentPolicy(record: RequestRecord, policy: ContentPolicy, salt: string): RequestRecord {
  const levels = contentLevels(policy);
  if (Object.values(levels).every((level) => level === "full")) {
    return { ...record, replay: replayabilityOf(record, levels) };
  }
  const keeper = new ContentKeeper(levels, salt);
  const { validations, tools, redactions, effects, feedback, digests, result, ...rest } = record;
  const kept: RequestRecord = {
    ...rest,
    state: keptState(record.state, keeper),
    ...(validations && {
      validations: validations.map((one) => ({ ...one, issues: one.issues.map((issue) => keptIssue(issue, keeper)) })),
    }),
    ...(tools && { tools: tools.map((tool) => keptTool(tool, keeper)) }),
    ...(redactions && { redactions: redactions.map((one) => ({ ...one, path: keeper.path(one.path) })) }),
    ...(effects && keeper.isFull("effects") && { effects }),
    ...(feedback && {
      feedback: feedback.map(({ comment, ...one }) => ({
        ...one,
        ...(comment !== undefined && { comment: keeper.text("feedback", comment) }),
      })),
    }),
    result: keptResult(result, keeper),
  };
  // A digest that stands already is of the content itself.
  return { ...kept, digests: { ...keeper.digests(), ...digests }, replay: replayabilityOf(record, levels) };
}

function keptResult(result: RequestRecord["result"], keeper: ContentKeeper): RequestRecord["result"] {
  if (result === null) return null;
  return result.ok
    ? { ok: true, value: keeper.json("value", result.value) }
    : { ok: false, failure: keptFailure(result.failure, keeper) };
}

function keptState(state: RequestState, keeper: ContentKeeper): RequestState {
  const { retrieval, rendering, candidate } = state;
  const json = candidate && keeper.json("value", candidate.json);
  return {
    ...keptExtensions(state, keeper),
    input: keeper.json("input", state.input),
    routing: state.routing && keptRouting(state.routing, keeper),
    retrieval: retrieval && keptRetrieval(retrieval, keeper),
    rendering: rendering && {
      ...rendering,
      ...(rendering.variables && { variables: keptVariables(rendering.variables, keeper) }),
    },
    messages: state.messages.map((message) => keptMessage(message, "prompt", keeper)),
    answer: state.answer && keptAnswer(state.answer, keeper),
    candidate: candidate && { json },
    issues: state.issues.map((issue) => keptIssue(issue, keeper)),
    attempts: state.attempts.map((attempt) => keptAttempt(attempt, keeper)),
    changes: state.changes.map((change) => keptChange(change, keeper)),
    verdicts: state.verdicts.map((verdict) => keptVerdict(verdict, keeper)),
    degraded: state.degraded.map((what) => keeper.text("messages", what)),
    failure: state.failure && keptFailure(state.failure, keeper),
  };
}

const OWN_KEYS = new Set(Object.keys(initialRequestState({ requestId: "", task: "", acceptedAt: 0 }, null)));

/** The state with what plugins have added to it held back. */
function keptExtensions(state: RequestState, keeper: ContentKeeper): RequestState {
  const added = Object.keys(state).filter((key) => !OWN_KEYS.has(key));
  if (added.length === 0 || keeper.isFull("extensions")) return state;
  const kept: JsonObject = { ...(state as unknown as JsonObject) };
  for (const key of added) kept[key] = keeper.json("extensions", kept[key] as JsonValue);
  return kept as unknown as RequestState;
}
