export { toJsonSchema } from "./ask.js";
export type { CoercionKind } from "./coerce/scalar.js";
export { parseOutput } from "./parse-output.js";
export { reaskMessage } from "./reask.js";
export type { OutputAccepted, OutputRefusalCode, OutputRejected, ParsedOutput, ParseOptions } from "./result.js";
export type { SourceForm } from "./source-match.js";
export { checkSources, type SourcedOptions, sourced } from "./sourced.js";
export {
  type DeepPartial,
  type OutputSnapshot,
  type OutputStream,
  type RestartEvent,
  streamOutput,
} from "./stream/output-stream.js";
export { isText, text } from "./text.js";
