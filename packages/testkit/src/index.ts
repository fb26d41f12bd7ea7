export { type HashEmbedderOptions, hashEmbedder, hashVector } from "./fakes/hash-embedder.js";
export { seededRandom } from "./fakes/seeded-random.js";
export { type ChatMessage, type ChatRequest, messageText } from "./provider/chat-request.js";
export { splitTokens } from "./provider/completion.js";
export type { ContentFault, Fault, FaultKind, ProtocolFault, TransportFault } from "./provider/fault.js";
export {
  type FaultPlanOptions,
  type FaultSource,
  type Faults,
  faultPlan,
  type PlannedKind,
} from "./provider/fault-plan.js";
export type { Reply, ReplyToolCall, ReplyUsage, Responder } from "./provider/reply.js";
export type { SeenAttempt } from "./provider/seen-attempt.js";
export { type Provider, type ProviderOptions, startProvider } from "./provider/start-provider.js";
