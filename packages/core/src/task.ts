import { configInvalid, describeIssues, type JsonValue, Tool } from "@armature/contracts";
import type { Prompt } from "@armature/prompts";
import { type ZodType, z } from "zod";
import { type Limits, limitsSchema } from "./limits.js";
import { isZodSchema, promptMisfits, provider } from "./misfit.js";

/** How a task looks things up before it asks the model. */
export interface RetrievalPlan<Input> {
  /** What to search for; every text of the input when absent. */
  query?(input: Input): string;
  /** Names of the stores to ask; all of them when absent. */
  readonly stores?: readonly string[];
  /** Passages that go into the prompt, over all stores. */
  readonly limit: number;
  /** `degrade` goes on without what failed and says so in the outcome. */
  readonly onFailure?: "fail" | "degrade";
}

export interface TaskDefinition<In extends ZodType, Out extends ZodType> {
  readonly name: string;
  readonly input: In;
  /** The contract of the answer: a zod schema, or `text()` for prose. */
  readonly output: Out;
  /** `name@major`, or a prompt defined in code. */
  readonly prompt: string | Prompt;
  /** Names of the application's models, weakest first. */
  readonly models: readonly string[];
  readonly limits?: z.input<typeof limitsSchema>;
  readonly retrieve?: RetrievalPlan<z.output<In>>;
  readonly tools?: readonly Tool[];
  /** Accepted answers may serve equal requests, through the application's cache; off by default. */
  readonly cache?: boolean;
  /**
   * What was said about the request for routers, caches and memory; when absent, every text of the input, and for caches
   * its numbers and switches.
   */
  about?(input: z.output<In>): string;
}

/** A task whose definition has been checked. */
export interface Task<In extends ZodType = ZodType, Out extends ZodType = ZodType>
  extends Omit<TaskDefinition<In, Out>, "limits"> {
  readonly limits: Limits;
}

const NAME = /^[A-Za-z][\w-]{0,63}$/;

/**
 * Defines a task: a typed request with its bounds. Throws `CONFIG_INVALID` with every problem of the definition.
 */
export function defineTask<In extends ZodType, Out extends ZodType>(
  definition: TaskDefinition<In, Out>,
): Task<In, Out> {
  const where = `task "${definition.name}"`;
  const problems: string[] = [];
  if (!NAME.test(definition.name)) {
    problems.push(`${where}: name must start with a letter and hold only letters, digits, - and _ (64 at most)`);
  }
  for (const side of ["input", "output"] as const) {
    if (isZodSchema(definition[side])) continue;
    problems.push(
      `${where}: ${side} must be a schema of zod 4; zod 3, other validators and JSON Schema are not taken here`,
    );
  }
  if (!definition.prompt)
    problems.push(`${where}: prompt is missing; name one as "triage@1", or pass definePrompt(...)`);
  else if (typeof definition.prompt !== "string" && promptMisfits(definition.prompt).length > 0)
    problems.push(`${where}: prompt must be a name such as "triage@1", or what definePrompt returned`);
  problems.push(...modelProblems(definition.models).map((problem) => `${where}: ${problem}`));
  const parts = partsSchema.safeParse(definition);
  if (!parts.success) problems.push(...describeIssues("", parts.error).map((problem) => `${where}: ${problem}`));
  const limits = limitsSchema.safeParse(definition.limits);
  if (!limits.success) problems.push(...describeIssues(`${where}: limits`, limits.error));
  else if (limits.data.minOutputTokens > limits.data.maxOutputTokens) {
    problems.push(`${where}: limits.minOutputTokens is above limits.maxOutputTokens`);
  }
  if (problems.length > 0 || !limits.success) throw configInvalid(problems);
  return { ...definition, limits: limits.data };
}

function modelProblems(models: unknown): string[] {
  if (!Array.isArray(models) || models.some((name) => typeof name !== "string")) {
    return ["models must be a list of names"];
  }
  if (models.length === 0) return ["models is empty; name at least one model"];
  return new Set(models).size < models.length ? ["models names one twice"] : [];
}

const aFunction = z.custom((value) => typeof value === "function", "must be a function").optional();

/** What a task may have beside its schemas, prompt and models. */
const partsSchema = z.object({
  retrieve: z
    .strictObject({
      query: aFunction,
      stores: z.array(z.string()).optional(),
      limit: z.number().int().positive(),
      onFailure: z.enum(["fail", "degrade"]).optional(),
    })
    .optional(),
  tools: z.array(provider(Tool)).optional(),
  cache: z.boolean().optional(),
  about: aFunction,
});

/** Every text inside a JSON value, in document order, joined by newlines. */
export function textOf(value: JsonValue): string {
  if (typeof value === "string") return value;
  if (value === null || typeof value !== "object") return "";
  return Object.values(value).map(textOf).filter(Boolean).join("\n");
}
