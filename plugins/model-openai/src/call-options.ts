import type { CallParameters, JsonObject, ModelCapabilities, ToolSpec } from "@armature/contracts";
import { isStrictSchema } from "./strict-schema.js";

/** The call options that {@link ChatCompletions} understands: LangChain's own, and the three that it only takes per model. */
export interface OpenAICallOptions extends Record<string, unknown> {
  maxOutputTokens: number;
  temperature?: number;
  topP?: number;
  seed?: number;
  stop?: string[];
  tools?: unknown[];
  tool_choice?: unknown;
  response_format?: unknown;
}

/** Says `parameters` in the words of the chat completions API. */
export function callOptions(parameters: CallParameters, capabilities: ModelCapabilities): OpenAICallOptions {
  const options: OpenAICallOptions = {
    maxOutputTokens: Math.min(parameters.maxOutputTokens, capabilities.maxOutputTokens),
  };
  if (parameters.temperature !== undefined) options.temperature = parameters.temperature;
  if (parameters.topP !== undefined) options.topP = parameters.topP;
  if (parameters.seed !== undefined) options.seed = parameters.seed;
  if (parameters.stop?.length) options.stop = [...parameters.stop];
  if (parameters.tools?.length && capabilities.tools) options.tools = parameters.tools.map(toolOf);
  if (parameters.responseSchema) askForSchema(options, parameters.responseSchema, capabilities);
  return options;
}

function askForSchema(
  options: OpenAICallOptions,
  { name, schema }: { readonly name: string; readonly schema: JsonObject },
  { structuredOutput }: ModelCapabilities,
): void {
  if (structuredOutput === "native") {
    const strict = isStrictSchema(schema);
    options.response_format = { type: "json_schema", json_schema: { name, schema, ...(strict && { strict }) } };
  } else if (structuredOutput === "tool") {
    const own = options.tools ?? [];
    options.tools = [...own, toolOf({ name, description: "Gives the answer.", parameters: schema })];
    // With tools of its own the model may still use them first; alone, the answer is the only thing to call.
    options.tool_choice = own.length > 0 ? "required" : { type: "function", function: { name } };
  }
}

function toolOf({ name, description, parameters }: ToolSpec) {
  // The API refuses an object without properties, as tools that take nothing describe it.
  const isBare = parameters.type === "object" && !("properties" in parameters);
  const whole = isBare ? { ...parameters, properties: {} } : parameters;
  return { type: "function", function: { name, description, parameters: whole } };
}
