import { ArmatureError } from "@armature/contracts";
import { canonicalJson } from "./canonical-json.js";
import { jsonLines } from "./json-lines.js";
import { DEFAULT_LABEL, moveLabel, pinOf } from "./label.js";
import type { Prompt } from "./prompt.js";
import { type PromptSurroundings, promptHash } from "./prompt-hash.js";
import type { LockEntry, PromptEvaluation, PromptLock } from "./prompt-lock.js";
import { parseVersion } from "./semantic-version.js";
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
  /** The label that moves to this version; `production` by default. */
  readonly label?: string;
  /** Stands beside the label's move. */
  readonly why?: string;
}

export type Form = Omit<LockEntry, "acceptedBy" | "acceptedAt" | "evaluation">;

/** What of a subject stands in the lock, as it is now. */
export function formOf({ prompt, surroundings = {} }: LockSubject): Form {
  return {
    hash: promptHash(prompt, surroundings),
    variables: variablesOf(prompt),
    text: textLines(prompt, surroundings),
    inputSchema: jsonLines(surroundings.inputSchema),
    outputSchema: jsonLines(surroundings.outputSchema),
    tools: (surroundings.tools ?? []).flatMap(({ name, ...tool }) => jsonLines(tool, name)),
  };
}

function textLines({ sections, stableSections, examples, partials, ...prompt }: Prompt, around: PromptSurroundings) {
  return [
    ...sections.flatMap(({ role, template, joins }, index) => [
      ...(joins ? [] : [`## ${role}`]),
      ...(index === stableSections ? ["<!-- varying -->"] : []),
      ...template.text.split("\n"),
    ]),
    ...examples.flatMap(({ input, output }) => [`## example ${canonicalJson(input)}`, canonicalJson(output)]),
    ...Object.keys(partials)
      .sort()
      .flatMap((name) => [`## partial ${name}`, ...partials[name]!.text.split("\n")]),
    `parameters ${canonicalJson({ ...prompt.parameters, ...around.parameters })}`,
  ];
}

/** What the lock holds of exactly this version in this task. */
export function lockedEntry(lock: PromptLock, { prompt, task }: LockSubject): LockEntry | undefined {
  const reference = `${prompt.name}@${prompt.version}`;
  const tasks = Object.hasOwn(lock.prompts, reference) ? lock.prompts[reference]! : {};
  return Object.hasOwn(tasks, task) ? tasks[task] : undefined;
}

/** Throws `PROMPT_UNLOCKED` unless this very form was accepted in this task. What a strict application calls at boot. */
export function requireLocked(lock: PromptLock, subject: LockSubject): void {
  const { prompt, task, surroundings } = subject;
  const locked = lockedEntry(lock, subject);
  if (locked?.hash === promptHash(prompt, surroundings)) return;
  const what = locked ? "is not what was accepted" : "was never accepted";
  const message = `task "${task}": ${prompt.name}@${prompt.version} ${what}; run "npx armature prompts check"`;
  throw new ArmatureError("PROMPT_UNLOCKED", message, {
    details: { task, prompt: `${prompt.name}@${prompt.version}` },
  });
}

/**
 * A lock in which this form of the prompt is the accepted one and the label stands at it. Nothing else calls it: a
 * lock never blesses by itself.
 */
export function acceptPrompt(lock: PromptLock, subject: LockSubject, acceptance: Acceptance): PromptLock {
  const { name, version } = subject.prompt;
  const { by, at, label = DEFAULT_LABEL, why = "accepted" } = acceptance;
  const reference = `${name}@${version}`;
  const entry: LockEntry = {
    ...formOf(subject),
    acceptedBy: by,
    acceptedAt: new Date(at).toISOString(),
    evaluation: acceptance.evaluation ?? null,
  };
  const tasks = { ...lock.prompts[reference], [subject.task]: entry };
  const accepted: PromptLock = { ...lock, prompts: { ...lock.prompts, [reference]: tasks } };
  const pin = pinOf(lock, `${name}@${parseVersion(version)!.major}`, label);
  if (pin?.label === label && pin.version === version) return accepted;
  return moveLabel(accepted, name, version, { label, by, at, why });
}
