export { askInWords, toJsonSchema } from "./ask.js";
export type { CoercionKind } from "./coerce/scalar.js";
export type { OutputSchema } from "./contract.js";
export { explainIssues } from "./explain-issues.js";
export { parseOutput } from "./parse-output.js";
export { parseOutputAsync } from "./parse-output-async.js";
export { reaskMessage } from "./reask.js";
export type { OutputAccepted, OutputRefusalCode, OutputRejected, ParsedOutput, ParseOptions } from "./result.js";
export type { SourceForm } from "./source-match.js";
export { checkSources, type SourcedOptions, sourced } from "./sourced.js";
export type { StandardSchema } from "./standard-schema.js";
export type { DeepPartial } from "./stream/deep-partial.js";
export { type OutputStream, type RestartEvent, type StreamedOutput, streamOutput } from "./stream/output-stream.js";
export { leadsTo, type OutputSnapshot } from "./stream/snapshot.js";
export {
  type EndedCall,
  type GrowingCall,
  streamToolCalls,
  type ToolCallChunk,
  type ToolCallStream,
} from "./stream/tool-call-stream.js";
export { isText, text } from "./text.js";
export { validateJson } from "./validate-json.js";
