import {
  ArmatureError,
  type CallParameters,
  type JsonObject,
  type ModelCapabilities,
  type StablePrefix,
  type ToolSpec,
} from "@armature/contracts";
import { strictForm } from "./strict-schema.js";

/** The call options that {@link ChatMessages} understands: LangChain's own, and those that it only takes per model. */
export interface AnthropicOptions extends Record<string, unknown> {
  maxOutputTokens: number;
  temperature?: number;
  topP?: number;
  stop?: string[];
  tools?: unknown[];
  tool_choice?: unknown;
  outputConfig?: unknown;
  /** The schema of an answer that no tool can take, to be said in the system prompt. */
  schemaInWords?: JsonObject;
  /** Where the mark of the prompt cache goes. */
  stablePrefix?: StablePrefix;
}

/** What is fixed for a model, besides its capabilities. */
interface CallDefaults {
  readonly temperature?: number | undefined;
  /** Whether it takes a temperature or `top_p` at all; the newest answer either with a 400. */
  readonly sampling: boolean;
  /** Whether it holds a tool's arguments to their schema, where the schema allows it. */
  readonly strictTools: boolean;
}

/** Says `parameters` in the words of the Messages API. It knows no seed. */
export function callOptions(
  parameters: CallParameters,
  capabilities: ModelCapabilities,
  defaults: CallDefaults,
): AnthropicOptions {
  const options: AnthropicOptions = {
    maxOutputTokens: Math.min(parameters.maxOutputTokens, capabilities.maxOutputTokens),
  };
  if (defaults.sampling) sample(options, parameters, defaults.temperature);
  if (parameters.stablePrefix) options.stablePrefix = parameters.stablePrefix;
  if (parameters.stop?.length) options.stop = [...parameters.stop];
  if (parameters.tools?.length && capabilities.tools) options.tools = parameters.tools.map(ownTool);
  if (parameters.responseSchema) askForSchema(options, parameters.responseSchema, capabilities, defaults.strictTools);
  return options;
}

// The API takes one of the two, and temperatures up to 1.
function sample(options: AnthropicOptions, { temperature, topP }: CallParameters, fallback: number | undefined): void {
  if (temperature === undefined && topP !== undefined) options.topP = topP;
  const heat = temperature ?? (topP === undefined ? fallback : undefined);
  if (heat !== undefined) options.temperature = Math.min(1, heat);
}

function askForSchema(
  options: AnthropicOptions,
  { name, schema }: { readonly name: string; readonly schema: JsonObject },
  { structuredOutput }: ModelCapabilities,
  strictTools: boolean,
): void {
  const strict = strictForm(schema);
  if (structuredOutput === "native") {
    options.outputConfig = { format: { type: "json_schema", schema: strict ?? schema } };
  }
  if (structuredOutput !== "tool") return;
  if (!isObjectSchema(schema)) {
    options.schemaInWords = schema;
    return;
  }
  const own = options.tools ?? [];
  const isHeld = strictTools && strict !== undefined;
  const answer = toolOf({ name, description: "Gives the answer.", parameters: isHeld ? strict : schema });
  options.tools = [...own, { ...answer, ...(isHeld && { strict: true }) }];
  // With tools of its own the model may still use them first; alone, the answer is the only thing to call, and once.
  options.tool_choice = own.length > 0 ? { type: "any" } : { type: "tool", name, disable_parallel_tool_use: true };
}

function ownTool(spec: ToolSpec) {
  if (isObjectSchema(spec.parameters)) return toolOf(spec);
  // LangChain would leave the tool out without a word.
  throw new ArmatureError(
    "CONFIG_INVALID",
    `The tool "${spec.name}" cannot be offered to an Anthropic model: its arguments must be one object, not a union of several. Put the union into a field of an object.`,
  );
}

function toolOf({ name, description, parameters }: ToolSpec) {
  return { name, description, input_schema: parameters };
}

/** Whether a tool can take it: the API wants an object at the root, and no union of objects. */
function isObjectSchema(schema: JsonObject): boolean {
  return schema.type === "object" && !["anyOf", "oneOf", "allOf"].some((key) => key in schema);
}
