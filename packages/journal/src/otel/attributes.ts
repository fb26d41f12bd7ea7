/**
 * Names of the OpenTelemetry GenAI semantic conventions (in development; span attributes as of their first own release,
 * metric names as of 1.41, which backends know), kept here so that no release of a package can move them.
 */
export const GEN_AI = {
  operation: "gen_ai.operation.name",
  provider: "gen_ai.provider.name",
  /** Until its removal, beside `agent`. */
  workflow: "gen_ai.workflow.name",
  agent: "gen_ai.agent.name",
  conversation: "gen_ai.conversation.id",
  promptName: "gen_ai.prompt.name",
  promptVersion: "gen_ai.prompt.version",
  requestModel: "gen_ai.request.model",
  responseModel: "gen_ai.response.model",
  maxTokens: "gen_ai.request.max_tokens",
  temperature: "gen_ai.request.temperature",
  topP: "gen_ai.request.top_p",
  seed: "gen_ai.request.seed",
  stop: "gen_ai.request.stop_sequences",
  finishReasons: "gen_ai.response.finish_reasons",
  firstChunkSeconds: "gen_ai.response.time_to_first_chunk",
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  cacheReadTokens: "gen_ai.usage.cache_read.input_tokens",
  cacheWriteTokens: "gen_ai.usage.cache_write.input_tokens",
  reasoningTokens: "gen_ai.usage.reasoning.output_tokens",
  tokenType: "gen_ai.token.type",
  dataSource: "gen_ai.data_source.id",
  query: "gen_ai.retrieval.query.text",
  documents: "gen_ai.retrieval.documents",
  toolName: "gen_ai.tool.name",
  toolType: "gen_ai.tool.type",
  toolCallId: "gen_ai.tool.call.id",
  toolArguments: "gen_ai.tool.call.arguments",
  toolResult: "gen_ai.tool.call.result",
  inputMessages: "gen_ai.input.messages",
  outputMessages: "gen_ai.output.messages",
} as const;

export const ERROR_TYPE = "error.type";
export const USER = "user.id";

/** What the conventions have no name for. */
export const OWN = {
  request: "armature.request.id",
  task: "armature.task",
  tenant: "armature.tenant",
  status: "armature.status",
  route: "armature.route",
  promptHash: "armature.prompt.hash",
  costMicroUsd: "armature.cost.micro_usd",
  attempts: "armature.attempts",
  changes: "armature.changes",
  /** One text a verdict: guard, boundary, action, labels. */
  verdicts: "armature.verdicts",
  degraded: "armature.degraded",
  cacheOrigin: "armature.cache.origin_request",
  cacheAgeMs: "armature.cache.age_ms",
  cacheSavedMicroUsd: "armature.cache.saved_micro_usd",
  cacheSimilarity: "armature.cache.similarity",
  attempt: "armature.attempt.id",
  attemptNumber: "armature.attempt.number",
  attemptWhy: "armature.attempt.why",
  fingerprint: "armature.response.fingerprint",
  httpStatus: "http.response.status_code",
  stage: "armature.stage",
  visit: "armature.stage.visit",
  passages: "armature.retrieval.passages",
  memories: "armature.retrieval.memories",
  dropped: "armature.retrieval.dropped",
  indexVersion: "armature.retrieval.index_version",
  toolOutcome: "armature.tool.outcome",
} as const;

export const METRICS = {
  duration: "gen_ai.client.operation.duration",
  tokens: "gen_ai.client.token.usage",
  firstChunk: "gen_ai.client.operation.time_to_first_chunk",
  cost: "armature.cost",
} as const;

/** The conventions' names of providers, where the price list has another. */
const PROVIDERS: Readonly<Record<string, string>> = {
  google: "gcp.gemini",
  aws: "aws.bedrock",
  azure: "azure.ai.openai",
  mistral: "mistral_ai",
  "x-ai": "x_ai",
};

export function providerName(provider: string | undefined): string {
  return provider === undefined ? "_OTHER" : (PROVIDERS[provider] ?? provider);
}
