import { ArmatureError, type JsonValue } from "@armature/contracts";
import { defineTask, type Task } from "@armature/core";
import type { Prompt } from "@armature/prompts";
import { z } from "zod";
import type { JudgeCassette } from "../cassette/judge-cassette.js";
import type { EvalApp } from "../eval-app.js";
import { type Score, type ScoreRequest, type Scorer, scorerOf } from "../scorers/scorer.js";

/** What a judge is shown, as text: values that are none appear as JSON. Its prompt asks for any of these by name. */
export const JudgeInput = z.object({
  question: z.string(),
  answer: z.string(),
  expected: z.string().optional(),
  context: z.string().optional(),
});
export type JudgeInput = z.infer<typeof JudgeInput>;

export interface JudgeDefinition {
  readonly name: string;
  /** `name@major`, or a prompt in code, over the variables `question`, `answer`, `expected`, `context`. */
  readonly prompt: string | Prompt;
  /** Names of the application's models. */
  readonly models: readonly string[];
  /** What it may say and what that is worth, 0 to 1; `{ pass: 1, fail: 0 }` by default. */
  readonly choices?: { readonly [choice: string]: number };
  /** The least score that passes; 1 by default. */
  readonly threshold?: number;
  /** What it is shown of a trial: by default input, output and expected value. */
  show?(request: ScoreRequest): JudgeInput;
  /** Where its verdicts are kept: recorded once, then replayed strictly. */
  readonly cassette?: JudgeCassette;
}

export interface JudgeVerdict {
  readonly choice: string;
  readonly reason: string;
  readonly costMicroUsd: number;
}

/**
 * A model that scores. It is a task of the application: its models, limits, budgets and records are those of any
 * request, and its prompt stands under the same lock.
 */
export interface Judge extends Scorer {
  /** `judge-<name>`. */
  readonly task: Task;
  readonly choices: { readonly [choice: string]: number };
  /** Throws what the request failed with, or the cassette's miss. */
  verdict(shown: JudgeInput, app: EvalApp): Promise<JudgeVerdict>;
}

export function defineJudge(definition: JudgeDefinition): Judge {
  const { name, prompt, models, choices = { pass: 1, fail: 0 }, threshold = 1, show = shown, cassette } = definition;
  const wrong = Object.entries(choices).find(([, worth]) => !(worth >= 0 && worth <= 1));
  if (wrong || Object.keys(choices).length < 2) {
    const message = `judge "${name}": choices must be at least two, each worth 0 to 1`;
    throw new ArmatureError("CONFIG_INVALID", message);
  }
  // The reason comes first: a model that has to argue before it decides decides better, and people can read why.
  const output = z.object({ reason: z.string(), choice: z.enum(Object.keys(choices) as [string, ...string[]]) });
  // The application's tools are for its own tasks; and the lock would take them for a part of the judge.
  const task = defineTask({ name: `judge-${name}`, input: JudgeInput, output, prompt, models, tools: [] });

  const ask = async (input: JudgeInput, app: EvalApp): Promise<JudgeVerdict> => {
    const outcome = await app.run(task, input);
    if (outcome.ok) return { ...outcome.value, costMicroUsd: outcome.costMicroUsd };
    const { code, message } = outcome.failure;
    throw new ArmatureError(code, `judge "${name}": ${message}`, { details: { requestId: outcome.requestId } });
  };
  const judge: Judge = {
    ...scorerOf(name, { threshold }, async (_output, request): Promise<Score> => {
      const verdict = await judge.verdict(show(request), request.app);
      const { choice, reason, costMicroUsd } = verdict;
      return { score: choices[choice]!, note: `${choice}: ${reason}`, costMicroUsd };
    }),
    task,
    choices,
    get judge() {
      return judge;
    },
    verdict(input, app) {
      if (!cassette) return ask(input, app);
      const key = { judge: task.name, hash: app.prepare(task).promptHash, input };
      return cassette.play(key, () => ask(input, app));
    },
  };
  return judge;
}

function shown({ input, output, expected }: ScoreRequest): JudgeInput {
  return {
    question: textOf(input),
    answer: textOf(output ?? null),
    ...(expected !== undefined && { expected: textOf(expected) }),
  };
}

function textOf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
