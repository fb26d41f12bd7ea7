export type { Answer, FinishReason } from "./answer.js";
export { ArmatureError, type ArmatureErrorOptions, describeCause } from "./armature-error.js";
export type { Attempt, AttemptFault } from "./attempt.js";
export { type Balance, type BudgetLine, BudgetStore, type HoldRequest, type HoldResult } from "./budget-store.js";
export { Cache, type CacheEntry, type CacheHit, type CacheKey } from "./cache.js";
export type { CallParameters, ToolSpec } from "./call-parameters.js";
export type { Change } from "./change.js";
export { Clock, sleep } from "./clock.js";
export { CONTENT_FIELDS, type ContentField, type ContentLevel, type ContentPolicy } from "./content-policy.js";
export type { CostLine } from "./cost-line.js";
export { type Deadline, deadlineIn } from "./deadline.js";
export type { Document } from "./document.js";
export { type DocumentQuery, DocumentStore } from "./document-store.js";
export { Embedder, type Embedding, type MeteredEmbedder } from "./embedder.js";
export type { ErasureReceipt, ErasureScope } from "./erasure.js";
export type { Failure } from "./failure.js";
export { FAILURE_CODES, type FailureCode, type FailureMeaning } from "./failure-code.js";
export type { Admission, AttemptPlan, Charge, Gate, Settlement } from "./gate.js";
export type { ExtendedState, GraphExtension, GraphNode, PlacedNode, StateField } from "./graph-extension.js";
export { Guard, type GuardSubject } from "./guard.js";
export { Ids } from "./ids.js";
export type { Issue } from "./issue.js";
export {
  Journal,
  type RecordAggregation,
  type RecordDimension,
  type RecordFilter,
  type RecordGroup,
  type RecordSummary,
  type RetentionReceipt,
  type RetentionRule,
} from "./journal.js";
export type { JsonObject, JsonPath, JsonValue } from "./json.js";
export { Memory, type MemoryItem, type MemoryQuery, type MemoryTurn } from "./memory.js";
export type { ContentPart, Message, MessageContent } from "./message.js";
export type { MeteredModels } from "./metered-models.js";
export { Model, type ModelCapabilities, type NamedModel } from "./model.js";
export type { Accepted, Outcome, OutcomeFacts, Refused } from "./outcome.js";
export type { Passage } from "./passage.js";
export {
  CONTRACT_VERSION,
  definePlugin,
  type Plugin,
  type PluginDefinition,
  type PluginFactory,
  type Registrar,
} from "./plugin.js";
export { configInvalid, describeIssues } from "./problem.js";
export type { PromptTrace } from "./prompt-trace.js";
export { Random } from "./random.js";
export { RecordSink } from "./record-sink.js";
export type {
  CacheProvenance,
  EffectTrace,
  Feedback,
  NodeTrace,
  RedactionTrace,
  Replayability,
  StageTiming,
  ToolTrace,
  ValidationTrace,
} from "./record-trace.js";
export type { RequestContext } from "./request-context.js";
export type { ContentDigest, RecordOpening, RecordStatus, RequestRecord } from "./request-record.js";
export { initialRequestState, type RequestIdentity, type RequestState, type Withheld } from "./request-state.js";
export type { RetrievalTrace } from "./retrieval-trace.js";
export {
  type RouteCandidate,
  type RouteDecision,
  type RouteRequest,
  Router,
  type RouteScore,
  type Routing,
} from "./router.js";
export type { Span } from "./span.js";
export type { StablePrefix } from "./stable-prefix.js";
export { STAGES, type Stage } from "./stage.js";
export { systemClock, systemIds, systemRandom } from "./system.js";
export { type Arity, type Members, many, misfitOf, single, type Token } from "./token.js";
export { Tokenizer } from "./tokenizer.js";
export { Tool } from "./tool.js";
export type { ToolCall } from "./tool-call.js";
export type { Usage } from "./usage.js";
export { BOUNDARIES, type Boundary, type Finding, type Verdict, type VerdictEntry } from "./verdict.js";
