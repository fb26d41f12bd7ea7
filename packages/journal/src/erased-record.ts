import type { Answer, Attempt, Change, Issue, Passage, RequestRecord, RequestState } from "@armature/contracts";

/** The record without anything that somebody wrote or a model said; identities, hashes, sizes, times and costs stay. */
export function erasedRecord(record: RequestRecord): RequestRecord {
  const { result } = record;
  return {
    ...record,
    state: erasedState(record.state),
    result:
      result === null || !result.ok
        ? result && { ok: false, failure: withoutContent(result.failure) }
        : { ok: true, value: null },
  };
}

function erasedState(state: RequestState): RequestState {
  return {
    ...state,
    input: null,
    retrieval: state.retrieval && {
      query: "",
      passages: state.retrieval.passages.map(erasedPassage),
      memories: state.retrieval.memories.map((item) => ({ ...item, messages: [] })),
      dropped: state.retrieval.dropped,
    },
    messages: [],
    answer: state.answer && erasedAnswer(state.answer),
    candidate: null,
    issues: state.issues.map(erasedIssue),
    attempts: state.attempts.map(erasedAttempt),
    changes: state.changes.map(erasedChange),
    verdicts: state.verdicts.map(({ reason: _, ...verdict }) => ({
      ...verdict,
      findings: verdict.findings.map(({ replacement: _, ...finding }) => finding),
    })),
    failure: state.failure && withoutContent(state.failure),
  };
}

function erasedPassage({ metadata: _, ...passage }: Passage): Passage {
  return { ...passage, text: "" };
}

function erasedAnswer({ refusal: _, ...answer }: Answer): Answer {
  return { ...answer, text: "", toolCalls: answer.toolCalls.map((call) => ({ ...call, argumentsText: "" })) };
}

function erasedAttempt(attempt: Attempt): Attempt {
  const { answer, fault, ...rest } = attempt;
  return {
    ...rest,
    ...(answer && { answer: erasedAnswer(answer) }),
    ...(fault && { fault: { ...fault, message: "" } }),
  };
}

function erasedIssue(issue: Issue): Issue {
  const { received: _, ...rest } = issue;
  return { ...rest, message: "" };
}

function erasedChange(change: Change): Change {
  return { ...change, before: null, after: null };
}

// Messages and causes of failures may quote a provider, which may quote the request.
function withoutContent<F extends NonNullable<RequestState["failure"]>>(failure: F): RequestState["failure"] & object {
  const { cause: _, issues, ...rest } = failure;
  return { ...rest, message: "", ...(issues && { issues: issues.map(erasedIssue) }) };
}
