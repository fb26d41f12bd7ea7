export { seededRandom } from "../fakes/seeded-random.js";
export {
  type MatrixAnswer,
  type MatrixClient,
  runScenario,
  type ScenarioOptions,
  type ScenarioReport,
} from "../fault-matrix/run-scenario.js";
export { FALLBACK, type FaultScenario, faultMatrix, PRIMARY, TIMES } from "../fault-matrix/scenario.js";
export { type Capacity, withCapacity } from "./capacity.js";
export { type ChatMessage, type ChatRequest, messageText } from "./chat-request.js";
export type { EmbeddingFault, EmbeddingFaultSource, EmbeddingRequest, VectorFault } from "./embedding-fault.js";
export type { ContentFault, Fault, FaultKind, ProtocolFault, TransportFault } from "./fault.js";
export { type FaultPlanOptions, type FaultSource, type Faults, faultPlan, type PlannedKind } from "./fault-plan.js";
export { splitTokens } from "./pieces.js";
export type { Reply, ReplyToolCall, ReplyUsage, Responder } from "./reply.js";
export type { SeenAttempt } from "./seen-attempt.js";
export { type Provider, type ProviderOptions, startProvider } from "./start-provider.js";
