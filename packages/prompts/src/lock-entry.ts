import { canonicalJson } from "./canonical-json.js";
import type { Prompt } from "./prompt.js";
import { type PromptSurroundings, promptHash } from "./prompt-hash.js";
import type { LockEntry, PromptEvaluation, PromptLock } from "./prompt-lock.js";
import { sha256 } from "./sha256.js";
import { variablesOf } from "./variables.js";

/** One prompt in one task: what the lock locks. */
export interface LockSubject {
  /** The task's name, or the judge's. */
  readonly task: string;
  readonly prompt: Prompt;
  readonly surroundings?: PromptSurroundings;
}

export interface Acceptance {
  /** Who takes the responsibility. */
  readonly by: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly evaluation?: PromptEvaluation;
}

export type Form = Omit<LockEntry, "acceptedBy" | "acceptedAt" | "evaluation">;

/** What of a subject stands in the lock, as it is now. */
export function formOf({ prompt, surroundings = {} }: LockSubject): Form {
  return {
    hash: promptHash(prompt, surroundings),
    variables: variablesOf(prompt),
    inputSchema: sha256(surroundings.inputSchema ?? null),
    outputSchema: sha256(surroundings.outputSchema ?? null),
    tools: sha256(surroundings.tools ?? []),
    text: [
      ...prompt.sections.flatMap(({ role, template }) => [`## ${role}`, ...template.text.split("\n")]),
      ...Object.keys(prompt.partials)
        .sort()
        .flatMap((name) => [`## partial ${name}`, ...prompt.partials[name]!.text.split("\n")]),
      `parameters ${canonicalJson({ ...prompt.parameters, ...surroundings.parameters })}`,
    ],
  };
}

/** What the lock holds of exactly this version in this task. */
export function lockedEntry(lock: PromptLock, { prompt, task }: LockSubject): LockEntry | undefined {
  const reference = `${prompt.name}@${prompt.version}`;
  const tasks = Object.hasOwn(lock.prompts, reference) ? lock.prompts[reference]! : {};
  return Object.hasOwn(tasks, task) ? tasks[task] : undefined;
}

/** A lock in which this form of the prompt is the accepted one. Nothing else calls it: a lock never blesses by itself. */
export function acceptPrompt(lock: PromptLock, subject: LockSubject, acceptance: Acceptance): PromptLock {
  const reference = `${subject.prompt.name}@${subject.prompt.version}`;
  const entry: LockEntry = {
    ...formOf(subject),
    acceptedBy: acceptance.by,
    acceptedAt: new Date(acceptance.at).toISOString(),
    evaluation: acceptance.evaluation ?? null,
  };
  return { ...lock, prompts: { ...lock.prompts, [reference]: { ...lock.prompts[reference], [subject.task]: entry } } };
}
