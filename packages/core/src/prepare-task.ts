import type { JsonObject, Tool } from "@armature/contracts";
import { isText, toJsonSchema } from "@armature/output";
import { checkVariables, describeProblem, type Prompt, type PromptLibrary, promptHash } from "@armature/prompts";
import type { ZodType } from "zod";
import type { PreparedTask } from "./prepared-task.js";
import { configInvalid } from "./problem.js";
import { sha256 } from "./record.js";
import type { Task } from "./task.js";

/** What a task may refer to. */
export interface Surroundings {
  readonly models: ReadonlySet<string>;
  readonly stores: ReadonlySet<string>;
  readonly prompts: PromptLibrary;
  readonly tools: readonly Tool[];
  readonly hasCache: boolean;
}

/** Resolves what a task refers to. Throws one `CONFIG_INVALID` with everything that is wrong with it. */
export function prepareTask(task: Task, around: Surroundings): PreparedTask {
  const problems: string[] = [];
  const where = `task "${task.name}"`;
  const names = [...around.models].join(", ") || "none";
  for (const name of task.models) {
    if (!around.models.has(name))
      problems.push(`${where}: models: there is no model "${name}"; the models are: ${names}`);
  }
  for (const name of task.retrieve?.stores ?? []) {
    if (!around.stores.has(name)) problems.push(`${where}: retrieve.stores: there is no document store "${name}"`);
  }
  if (task.retrieve && around.stores.size === 0)
    problems.push(`${where}: retrieve: no plugin provides a DocumentStore`);
  if (task.cache && !around.hasCache) problems.push(`${where}: cache: no plugin provides a Cache`);
  const inputSchema = schemaOf(`${where}: input`, task.input, problems);
  const outputSchema = isText(task.output) ? undefined : schemaOf(`${where}: output`, task.output, problems);
  const prompt = resolvePrompt(task, around.prompts, problems);
  if (prompt && inputSchema) {
    problems.push(...checkVariables(prompt, inputSchema).map((problem) => `${where}: ${describeProblem(problem)}`));
  }
  const tools = task.tools ?? around.tools;
  const toolSpecs = tools.map((tool) => ({
    name: tool.name,
    description: tool.description,
    parameters: schemaOf(`tool "${tool.name}"`, tool.parameters as ZodType, problems) ?? {},
  }));
  if (problems.length > 0 || !prompt) throw configInvalid(problems);
  const surroundings = {
    ...(inputSchema && { inputSchema }),
    ...(outputSchema && { outputSchema }),
    tools: toolSpecs,
  };
  const hash = promptHash(prompt, surroundings);
  return {
    task,
    prompt,
    promptHash: hash,
    hash: sha256(JSON.stringify([task.name, hash, task.models, task.limits])),
    ...(outputSchema && { responseSchema: outputSchema }),
    tools,
    toolSpecs,
  };
}

function resolvePrompt(task: Task, library: PromptLibrary, problems: string[]): Prompt | undefined {
  if (typeof task.prompt !== "string") return task.prompt;
  try {
    return library.resolve(task.prompt);
  } catch (error) {
    problems.push(`task "${task.name}": prompt: ${(error as Error).message}`);
    return undefined;
  }
}

function schemaOf(where: string, schema: ZodType, problems: string[]): JsonObject | undefined {
  try {
    return toJsonSchema(schema);
  } catch (error) {
    problems.push(`${where}: the schema cannot be said in JSON Schema: ${(error as Error).message}`);
    return undefined;
  }
}
