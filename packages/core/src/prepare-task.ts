import type { JsonObject, Tool } from "@armature/contracts";
import { isText, toJsonSchema } from "@armature/output";
import {
  checkExamples,
  checkVariables,
  describePin,
  describeProblem,
  type PinnedPrompt,
  type PromptLibrary,
  type PromptLock,
  promptHash,
  requireLocked,
  resolvePinned,
  variablesOf,
} from "@armature/prompts";
import type { ZodType } from "zod";
import type { PreparedTask } from "./prepared-task.js";
import { configInvalid } from "./problem.js";
import { namedFields } from "./prompt-variables.js";
import { sha256 } from "./record.js";
import type { Task } from "./task.js";

/** What a task may refer to. */
export interface Surroundings {
  readonly models: ReadonlySet<string>;
  readonly stores: ReadonlySet<string>;
  readonly prompts: PromptLibrary;
  readonly lock: PromptLock;
  /** The label that decides between the versions of a prompt. */
  readonly label?: string;
  /** Whether only prompts may run that stand in the lock as they are. */
  readonly strict: boolean;
  readonly tools: readonly Tool[];
  readonly hasCache: boolean;
}

/**
 * Resolves what a task refers to. Throws one `CONFIG_INVALID` with everything that is wrong with it, or
 * `PROMPT_UNLOCKED` when nothing is but that its prompt was not accepted.
 */
export function prepareTask(task: Task, around: Surroundings): PreparedTask {
  const where = `task "${task.name}"`;
  const problems = referenceProblems(task, around).map((problem) => `${where}: ${problem}`);
  const inputSchema = schemaOf(`${where}: input`, task.input, problems);
  const outputSchema = isText(task.output) ? undefined : schemaOf(`${where}: output`, task.output, problems);
  const pinned = resolvePrompt(task, around, problems);
  const variables = pinned ? variablesOf(pinned.prompt) : [];
  if (pinned && inputSchema) {
    const wrong = [
      ...checkVariables(pinned.prompt, inputSchema),
      ...checkExamples(pinned.prompt, task.input, task.output),
    ];
    problems.push(...wrong.map((problem) => `${where}: ${describeProblem(problem)}`));
    if (task.retrieve && !variables.some((name) => name === "passages" || name.startsWith("passages."))) {
      const { name, version } = pinned.prompt;
      problems.push(`${where}: retrieve: prompt ${name}@${version} never mentions passages, so what is found is lost`);
    }
  }
  const tools = task.tools ?? around.tools;
  const toolSpecs = tools.map((tool) => ({
    name: tool.name,
    description: tool.description,
    parameters: schemaOf(`tool "${tool.name}"`, tool.parameters as ZodType, problems) ?? {},
  }));
  if (problems.length > 0 || !pinned) throw configInvalid(problems);
  const { prompt, pin } = pinned;
  const surroundings = {
    ...(inputSchema && { inputSchema }),
    ...(outputSchema && { outputSchema }),
    tools: toolSpecs,
  };
  if (around.strict) requireLocked(around.lock, { task: task.name, prompt, surroundings });
  const hash = promptHash(prompt, surroundings);
  return {
    task,
    prompt,
    ...(pin && { promptWhy: describePin(pin) }),
    promptFields: namedFields(prompt),
    placesMemories: variables.some((name) => name === "memories" || name.startsWith("memories.")),
    promptHash: hash,
    hash: sha256(JSON.stringify([task.name, hash, task.models, task.limits])),
    ...(outputSchema && { responseSchema: outputSchema }),
    tools,
    toolSpecs,
  };
}

function referenceProblems(task: Task, { models, stores, hasCache }: Surroundings): string[] {
  const known = [...models].join(", ") || "none";
  const unknown = task.models.filter((name) => !models.has(name));
  const missing = (task.retrieve?.stores ?? []).filter((name) => !stores.has(name));
  return [
    ...unknown.map((name) => `models: there is no model "${name}"; the models are: ${known}`),
    ...missing.map((name) => `retrieve.stores: there is no document store "${name}"`),
    ...(task.retrieve && stores.size === 0 ? ["retrieve: no plugin provides a DocumentStore"] : []),
    ...(task.cache && !hasCache ? ["cache: no plugin provides a Cache"] : []),
  ];
}

function resolvePrompt(task: Task, around: Surroundings, problems: string[]): PinnedPrompt | undefined {
  if (typeof task.prompt !== "string") return { prompt: task.prompt };
  try {
    return resolvePinned(around.prompts, around.lock, task.prompt, around.label);
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
