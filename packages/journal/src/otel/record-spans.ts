import type { Attempt, RequestRecord, ToolTrace } from "@armature/contracts";
import { type Attributes, SpanKind } from "@opentelemetry/api";
import { costOfRecord } from "../record-row.js";
import { ERROR_TYPE, GEN_AI, OWN, providerName, USER } from "./attributes.js";
import { messagesText, outputText } from "./message-content.js";

/** A span as a record tells it. */
export interface RecordSpan {
  readonly name: string;
  readonly kind: SpanKind;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Attributes;
  /** What it ended in, where it ended badly. */
  readonly error?: string;
}

/** The spans of a record: its root, and what hangs under it in the order in which it began. */
export function spansOf(record: RequestRecord, captureContent: boolean): { root: RecordSpan; children: RecordSpan[] } {
  const children = [
    ...retrievalSpans(record, captureContent),
    ...record.state.attempts.map((attempt) => inferenceSpan(attempt, record, captureContent)),
    ...(record.tools ?? []).map((tool) => toolSpan(tool, captureContent)),
  ].sort((a, b) => a.start - b.start);
  return { root: rootSpan(record, captureContent), children };
}

function rootSpan(record: RequestRecord, captureContent: boolean): RecordSpan {
  const {
    requestId,
    task,
    tenant,
    user,
    status,
    acceptedAt,
    finishedAt,
    durationMs = 0,
    result,
    state,
    cache,
  } = record;
  const error = result && !result.ok ? result.failure.code : undefined;
  const verdicts = state.verdicts.map(({ guard, boundary, action, findings }) =>
    [guard, boundary, action, ...new Set(findings.map((finding) => finding.label))].join(" "),
  );
  return {
    name: `invoke_workflow ${task}`,
    kind: SpanKind.INTERNAL,
    start: acceptedAt,
    end: finishedAt ?? acceptedAt + durationMs,
    attributes: present({
      [GEN_AI.operation]: "invoke_workflow",
      [GEN_AI.workflow]: task,
      [GEN_AI.agent]: task,
      ...conversation(record),
      ...promptAttributes(record),
      [USER]: user,
      [OWN.request]: requestId,
      [OWN.task]: task,
      [OWN.tenant]: tenant,
      [OWN.status]: status,
      [OWN.route]: state.attempts.findLast((attempt) => attempt.result === "answered")?.route ?? cache?.route,
      [OWN.costMicroUsd]: costOfRecord(record),
      [OWN.attempts]: state.attempts.length,
      [OWN.changes]: state.changes.length,
      [OWN.verdicts]: verdicts.length > 0 ? verdicts : undefined,
      [OWN.degraded]: state.degraded.length > 0 ? state.degraded.length : undefined,
      [OWN.cacheOrigin]: cache?.originRequestId,
      [OWN.cacheAgeMs]: cache?.ageMs,
      [OWN.cacheSavedMicroUsd]: cache?.savedMicroUsd,
      [OWN.cacheSimilarity]: cache?.similarity,
      [ERROR_TYPE]: error,
      [GEN_AI.inputMessages]: captureContent ? messagesText(state.messages) : undefined,
    }),
    ...(error && { error }),
  };
}

function inferenceSpan(attempt: Attempt, record: RequestRecord, captureContent: boolean): RecordSpan {
  const { id, number, stage, visit, route, provider, model, answeredBy, why, startedAt, latencyMs } = attempt;
  const { parameters, answer, usage, firstTokenMs, fault, costMicroUsd } = attempt;
  const error = fault?.kind ?? (attempt.result === "cancelled" ? "cancelled" : undefined);
  return {
    name: `chat ${model}`,
    kind: SpanKind.CLIENT,
    start: startedAt,
    end: startedAt + latencyMs,
    attributes: present({
      [GEN_AI.operation]: "chat",
      [GEN_AI.provider]: providerName(provider),
      ...conversation(record),
      ...promptAttributes(record),
      [GEN_AI.requestModel]: model,
      [GEN_AI.responseModel]: answeredBy ?? answer?.model,
      [GEN_AI.maxTokens]: parameters?.maxOutputTokens,
      [GEN_AI.temperature]: parameters?.temperature,
      [GEN_AI.topP]: parameters?.topP,
      [GEN_AI.seed]: parameters?.seed,
      [GEN_AI.stop]: parameters?.stop && [...parameters.stop],
      [GEN_AI.finishReasons]: answer && [answer.finish],
      [GEN_AI.firstChunkSeconds]: firstTokenMs === undefined ? undefined : firstTokenMs / 1_000,
      [GEN_AI.inputTokens]: usage?.inputTokens,
      [GEN_AI.outputTokens]: usage?.outputTokens,
      [GEN_AI.cacheReadTokens]: usage?.cachedInputTokens,
      [GEN_AI.cacheWriteTokens]: usage?.cacheWriteTokens,
      [GEN_AI.reasoningTokens]: usage?.reasoningTokens,
      [OWN.request]: record.requestId,
      [OWN.attempt]: id,
      [OWN.attemptNumber]: number,
      [OWN.attemptWhy]: why,
      [OWN.route]: route,
      [OWN.stage]: stage,
      [OWN.visit]: visit,
      [OWN.costMicroUsd]: costMicroUsd,
      [OWN.fingerprint]: answer?.fingerprint,
      [OWN.httpStatus]: fault?.status,
      [ERROR_TYPE]: error,
      [GEN_AI.outputMessages]: captureContent && answer ? outputText(answer) : undefined,
    }),
    ...(error && { error }),
  };
}

function retrievalSpans(record: RequestRecord, captureContent: boolean): RecordSpan[] {
  const { retrieval } = record.state;
  const timing = record.timings.find((one) => one.stage === "retrieve");
  if (!retrieval || !timing) return [];
  const { passages, memories, dropped, indexes, query } = retrieval;
  const stores = [...new Set(passages.map((passage) => passage.store))].join(",");
  const documents = passages.map(({ id, score }) => ({ id, score }));
  return [
    {
      name: stores ? `retrieval ${stores}` : "retrieval",
      kind: SpanKind.CLIENT,
      start: timing.startedAt,
      end: timing.startedAt + timing.durationMs,
      attributes: present({
        [GEN_AI.operation]: "retrieval",
        ...conversation(record),
        [GEN_AI.dataSource]: stores || undefined,
        [OWN.request]: record.requestId,
        [OWN.passages]: passages.length,
        [OWN.memories]: memories.length,
        [OWN.dropped]: dropped.length,
        [OWN.indexVersion]: indexes?.map(({ store, version }) => `${store} ${version}`),
        [GEN_AI.query]: captureContent ? query : undefined,
        [GEN_AI.documents]: captureContent ? JSON.stringify(documents) : undefined,
      }),
    },
  ];
}

function toolSpan(tool: ToolTrace, captureContent: boolean): RecordSpan {
  // The name of a refused call is the model's word, which is content.
  const name = tool.outcome === "refused" && !captureContent ? undefined : tool.name;
  const error = tool.outcome === "answered" ? undefined : tool.outcome;
  return {
    name: name ? `execute_tool ${name}` : "execute_tool",
    kind: SpanKind.INTERNAL,
    start: tool.startedAt,
    end: tool.startedAt + tool.latencyMs,
    attributes: present({
      [GEN_AI.operation]: "execute_tool",
      [GEN_AI.toolName]: name,
      [GEN_AI.toolType]: "function",
      [GEN_AI.toolCallId]: tool.id,
      [OWN.toolOutcome]: tool.outcome,
      [OWN.visit]: tool.visit,
      [ERROR_TYPE]: error,
      [GEN_AI.toolArguments]: captureContent ? JSON.stringify(tool.arguments) : undefined,
      [GEN_AI.toolResult]: captureContent ? JSON.stringify(tool.result) : undefined,
    }),
    ...(error && { error }),
  };
}

function conversation({ thread }: RequestRecord): Attributes {
  return { [GEN_AI.conversation]: thread };
}

function promptAttributes({ state: { rendering } }: RequestRecord): Attributes {
  return {
    [GEN_AI.promptName]: rendering?.name,
    [GEN_AI.promptVersion]: rendering?.version,
    [OWN.promptHash]: rendering?.hash,
  };
}

function present(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
