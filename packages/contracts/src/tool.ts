import type { ZodType } from "zod";
import type { JsonObject, JsonValue } from "./json.js";
import type { RequestContext } from "./request-context.js";
import { many } from "./token.js";

/** Something a model may ask to have done. Its arguments are validated before it runs. */
export interface Tool<Arguments = unknown> {
  readonly name: string;
  /** For the model: what it does and when to use it. */
  readonly description: string;
  /** What the arguments must satisfy: a schema of zod 4, or a JSON Schema, such as the tools of MCP servers have. */
  readonly parameters: ZodType<Arguments> | JsonObject;
  /** `ask` pauses the request for an approval before the tool runs. */
  readonly approval?: "never" | "ask";
  run(args: Arguments, context: RequestContext): Promise<JsonValue>;
}

export const Tool = many<Tool>("Tool", { name: "string", description: "string", run: "function" });
