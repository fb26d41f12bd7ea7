import { dirname, relative, resolve } from "node:path";
import { type Eval, libraryOf, lockSubject, lockSubjects } from "@armature/evals";
import {
  checkPrompts,
  describeCheck,
  type LockSubject,
  type Prompt,
  type PromptCheck,
  type PromptLock,
  pinOf,
  readPromptLock,
  resolvePinned,
} from "@armature/prompts";
import type { ArmatureConfig } from "./define-config.js";
import { exactPrompt } from "./exact-prompt.js";
import { loadConfig } from "./load-config.js";
import { loadEvals } from "./load-evals.js";
import { UsageError } from "./usage-error.js";

/** An application with its lock and everything that the lock locks. */
export interface LockedConfig {
  readonly config: ArmatureConfig;
  readonly folder: string;
  readonly lockFile: string;
  /** The lock file as people know it: relative to where the command was called. */
  readonly lockName: string;
  readonly lock: PromptLock;
  readonly evals: readonly Eval[];
  /** The tasks of the config, then the judges of the evaluations, each with the prompt that the lock gives it. */
  readonly subjects: readonly LockSubject[];
  /** What a task would be with another prompt. */
  withPrompt(task: string, prompt: Prompt): LockSubject;
}

export async function loadLocked(path: string, cwd: string): Promise<LockedConfig> {
  const config = await loadConfig(path);
  const folder = dirname(path);
  const lockFile = resolve(folder, config.lock ?? "prompts.lock.json");
  const lock = readPromptLock(lockFile);
  const evals = await loadEvals(folder);
  const library = libraryOf(config.prompts);
  const judges = new Map(
    evals.flatMap(({ scorers }) => scorers).flatMap(({ judge }) => (judge ? [[judge.task.name, judge.task]] : [])),
  );
  const ofTasks = await lockSubjects(config, lock);
  const ofJudges = [...judges.values()].map((task) => {
    const prompt =
      typeof task.prompt === "string" ? resolvePinned(library, lock, task.prompt, config.label).prompt : task.prompt;
    return lockSubject(task, prompt, []);
  });
  const subjects = [...ofTasks, ...ofJudges];
  return {
    config,
    folder,
    lockFile,
    lockName: relative(cwd, lockFile),
    lock,
    evals,
    subjects,
    withPrompt(name, prompt) {
      const subject = subjects.find(({ task }) => task === name);
      if (!subject) throw new UsageError(`There is no task "${name}"; the tasks are: ${names(subjects)}.`);
      return { ...subject, prompt };
    },
  };
}

function names(subjects: readonly LockSubject[]): string {
  return subjects.map(({ task }) => task).join(", ") || "none";
}

/** The prompt of exactly this version, from the files or from a task that brings its own. */
export function promptOf({ config, subjects }: LockedConfig, reference: string): Prompt {
  return exactPrompt([...subjects.map(({ prompt }) => prompt), ...libraryOf(config.prompts).prompts], reference);
}

/** What has to be written first where no evaluation runs the task of a prompt that needs one. */
export function unevaluated({ evals }: LockedConfig, { task, next }: PromptCheck): string[] {
  if (next.length === 0 || evals.some((one) => one.task.name === task)) return [];
  return [
    `  First write an evaluation of task ${task}, in a file *.eval.ts${ofJudge({ evals }, task)}: there is none.`,
  ];
}

/** How a judge is evaluated; nothing for any other task. */
export function ofJudge({ evals }: Pick<LockedConfig, "evals">, task: string): string {
  const judges = evals.flatMap(({ scorers }) => scorers).map(({ judge }) => judge?.task.name);
  return judges.includes(task)
    ? ", whose task is the judge's and whose cases are answers that people have labelled"
    : "";
}

/**
 * Versions that lie beside the one that the lock pins and were not accepted: nothing runs them. Each with what would
 * move and the commands that accept it.
 */
export function waiting({ config, lock, subjects }: LockedConfig): string[] {
  const { prompts } = libraryOf(config.prompts);
  return subjects.flatMap((subject) => {
    const { task, prompt } = subject;
    const reference = majorOf(prompt);
    if (!pinOf(lock, reference, config.label)) return [];
    return prompts
      .filter((one) => majorOf(one) === reference && lock.prompts[`${one.name}@${one.version}`]?.[task] === undefined)
      .filter(({ version }) => version !== prompt.version)
      .flatMap((one) => [
        `${one.name}@${one.version} waits: task ${task} stays at ${prompt.version} until it is accepted`,
        ...checkPrompts([{ ...subject, prompt: one }], lock).flatMap((check) => describeCheck(check).slice(1)),
      ]);
  });
}

function majorOf({ name, version }: Prompt): string {
  return `${name}@${version.split(".")[0]}`;
}
