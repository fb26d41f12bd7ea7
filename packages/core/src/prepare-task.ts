import { configInvalid, type JsonObject, type Tool, type ToolSpec } from "@armature/contracts";
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
import { collect } from "./collect.js";
import { namedTwice } from "./misfit.js";
import type { PreparedTask } from "./prepared-task.js";
import { namedFields } from "./prompt-variables.js";
import { sha256 } from "./sha256.js";
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

/** Everything that is wrong with a task as far as its surroundings are known: what is absent there is not judged. */
export function checkTask(task: Task, known: Partial<Surroundings>): readonly string[] {
  const { problems, pinned, ...surroundings } = resolveTask(task, known);
  const { strict, lock, tools } = known;
  // The hash of a prompt takes in the tools, so that those of plugins have to be known.
  if (problems.length === 0 && pinned && strict && lock && (task.tools ?? tools)) {
    collect(problems, () => requireLocked(lock, { task: task.name, prompt: pinned.prompt, surroundings }));
  }
  return problems;
}

/**
 * Resolves what a task refers to. Throws one `CONFIG_INVALID` with everything that is wrong with it, or
 * `PROMPT_UNLOCKED` when nothing is but that its prompt was not accepted.
 */
export function prepareTask(task: Task, around: Surroundings): PreparedTask {
  const { problems, pinned, ...surroundings } = resolveTask(task, around);
  if (problems.length > 0 || !pinned) throw configInvalid(problems);
  const { prompt, pin } = pinned;
  const { outputSchema, tools: toolSpecs } = surroundings;
  if (around.strict) requireLocked(around.lock, { task: task.name, prompt, surroundings });
  const hash = promptHash(prompt, surroundings);
  const variables = variablesOf(prompt);
  return {
    task,
    prompt,
    ...(pin && { promptWhy: describePin(pin) }),
    promptFields: namedFields(prompt),
    placesMemories: variables.some((name) => name === "memories" || name.startsWith("memories.")),
    promptHash: hash,
    hash: sha256(JSON.stringify([task.name, hash, task.models, task.limits])),
    ...(outputSchema && { responseSchema: outputSchema }),
    tools: task.tools ?? around.tools,
    toolSpecs,
  };
}

interface Resolved {
  readonly problems: string[];
  readonly pinned?: PinnedPrompt;
  readonly inputSchema?: JsonObject;
  readonly outputSchema?: JsonObject;
  readonly tools: readonly ToolSpec[];
}

function resolveTask(task: Task, known: Partial<Surroundings>): Resolved {
  const where = `task "${task.name}"`;
  const problems = referenceProblems(task, known).map((problem) => `${where}: ${problem}`);
  const inputSchema = schemaOf(`${where}: input`, task.input, problems);
  const outputSchema = isText(task.output) ? undefined : schemaOf(`${where}: output`, task.output, problems);
  const pinned = resolvePrompt(task, known, problems);
  if (pinned && inputSchema) {
    const wrong = [
      ...checkVariables(pinned.prompt, inputSchema),
      ...checkExamples(pinned.prompt, task.input, task.output),
    ];
    problems.push(...wrong.map((problem) => `${where}: ${describeProblem(problem)}`));
    const variables = variablesOf(pinned.prompt);
    if (task.retrieve && !variables.some((name) => name === "passages" || name.startsWith("passages."))) {
      const { name, version } = pinned.prompt;
      problems.push(`${where}: retrieve: prompt ${name}@${version} never mentions passages, so what is found is lost`);
    }
  }
  const offered = task.tools ?? known.tools ?? [];
  problems.push(...namedTwice(offered).map((name) => `${where}: tools: there are two tools "${name}"`));
  const tools = offered.map((tool) => ({
    name: tool.name,
    description: tool.description,
    parameters: schemaOf(`tool "${tool.name}": parameters`, tool.parameters, problems) ?? {},
  }));
  return {
    problems,
    ...(pinned && { pinned }),
    ...(inputSchema && { inputSchema }),
    ...(outputSchema && { outputSchema }),
    tools,
  };
}

function referenceProblems(task: Task, { models, stores, hasCache }: Partial<Surroundings>): string[] {
  const unknown = task.models.filter((name) => models && !models.has(name));
  const missing = (task.retrieve?.stores ?? []).filter((name) => stores && !stores.has(name));
  return [
    ...unknown.map(
      (name) => `models: there is no model "${name}"; the models are: ${[...models!].join(", ") || "none"}`,
    ),
    ...missing.map((name) => `retrieve.stores: there is no document store "${name}"`),
    ...(task.retrieve && stores?.size === 0 ? ["retrieve: no plugin provides a DocumentStore"] : []),
    ...(task.cache && hasCache === false ? ["cache: no plugin provides a Cache"] : []),
  ];
}

function resolvePrompt(
  task: Task,
  { prompts, lock, label }: Partial<Surroundings>,
  problems: string[],
): PinnedPrompt | undefined {
  if (typeof task.prompt !== "string") return { prompt: task.prompt };
  if (!prompts || !lock) return undefined;
  try {
    return resolvePinned(prompts, lock, task.prompt, label);
  } catch (error) {
    problems.push(`task "${task.name}": prompt: ${(error as Error).message}`);
    return undefined;
  }
}

function schemaOf(where: string, schema: ZodType | JsonObject, problems: string[]): JsonObject | undefined {
  try {
    return toJsonSchema(schema);
  } catch (error) {
    problems.push(`${where}: the schema cannot be said in JSON Schema: ${(error as Error).message}`);
    return undefined;
  }
}
