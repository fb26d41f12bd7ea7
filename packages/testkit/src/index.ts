export { describeBudgetStore } from "./conformance/budget-store.js";
export { describeCache } from "./conformance/cache.js";
export { type ClockControl, describeClock } from "./conformance/clock.js";
export { describeDocumentStore } from "./conformance/document-store.js";
export { describeEmbedder } from "./conformance/embedder.js";
export { describeGuard, type GuardSamples } from "./conformance/guard.js";
export { describeIds } from "./conformance/ids.js";
export { describeJournal } from "./conformance/journal.js";
export { describeMemory } from "./conformance/memory.js";
export { describeModel } from "./conformance/model.js";
export { describeRandom } from "./conformance/random.js";
export { describeRecordSink } from "./conformance/record-sink.js";
export { describeRouter } from "./conformance/router.js";
export type { Make } from "./conformance/suite.js";
export { describeTokenizer } from "./conformance/tokenizer.js";
export { describeTool, type ToolSamples } from "./conformance/tool.js";
export { type FakeContextOptions, fakeContext } from "./fakes/fake-context.js";
export { fakeModels, type ModelScript } from "./fakes/fake-models.js";
export { type FakeRecordOptions, fakeOpening, fakeRecord, fakeState } from "./fakes/fake-record.js";
export { fakeTokenizer } from "./fakes/fake-tokenizer.js";
export { type HashEmbedderOptions, hashEmbedder, hashVector } from "./fakes/hash-embedder.js";
export { inMemoryBudgetStore } from "./fakes/in-memory-budget-store.js";
export { inMemoryCache } from "./fakes/in-memory-cache.js";
export { inMemoryDocumentStore } from "./fakes/in-memory-document-store.js";
export { inMemoryJournal } from "./fakes/in-memory-journal.js";
export { inMemoryMemory } from "./fakes/in-memory-memory.js";
export { seededRandom } from "./fakes/seeded-random.js";
export { sequentialIds } from "./fakes/sequential-ids.js";
export { type VirtualClock, type VirtualClockOptions, virtualClock } from "./fakes/virtual-clock.js";
export {
  type MatrixAnswer,
  type MatrixClient,
  runScenario,
  type ScenarioOptions,
  type ScenarioReport,
} from "./fault-matrix/run-scenario.js";
export { FALLBACK, type FaultScenario, faultMatrix, PRIMARY, TIMES } from "./fault-matrix/scenario.js";
export { type Capacity, withCapacity } from "./provider/capacity.js";
export { type ChatMessage, type ChatRequest, messageText } from "./provider/chat-request.js";
export type {
  EmbeddingFault,
  EmbeddingFaultSource,
  EmbeddingRequest,
  VectorFault,
} from "./provider/embedding-fault.js";
export type { ContentFault, Fault, FaultKind, ProtocolFault, TransportFault } from "./provider/fault.js";
export {
  type FaultPlanOptions,
  type FaultSource,
  type Faults,
  faultPlan,
  type PlannedKind,
} from "./provider/fault-plan.js";
export { splitTokens } from "./provider/pieces.js";
export type { Reply, ReplyToolCall, ReplyUsage, Responder } from "./provider/reply.js";
export type { SeenAttempt } from "./provider/seen-attempt.js";
export { type Provider, type ProviderOptions, startProvider } from "./provider/start-provider.js";
