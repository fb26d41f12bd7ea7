import { ArmatureError } from "@armature/contracts";
import type { Task } from "@armature/core";
import type { BootedApp } from "./eval-app.js";
import type { DataSet } from "./eval-case.js";
import { registerEval } from "./register-eval.js";
import type { Scorer } from "./scorers/scorer.js";

export interface GateOptions {
  /**
   * The false alarm rate of the drift test, 0.005 by default: together with the test of single cases that stays below
   * 2.5 % a run. 0 switches it off.
   */
  readonly drift?: number;
  /** The least share of cases that pass their first trial, 0 to 1; none by default. */
  readonly minPassRate?: number;
}

export interface EvalDefinition {
  readonly name: string;
  readonly task: Task;
  readonly data: DataSet | (() => DataSet | Promise<DataSet>);
  readonly scorers: readonly Scorer[];
  /** Trials of each case in a baseline; 8 by default, which is what protects single cases. */
  readonly trials?: number;
  readonly gate?: GateOptions;
  /** Boots the application; `armature eval` boots the one of `armature.config.ts` where it is absent. */
  app?(): Promise<BootedApp>;
  /** Cases under way at once; 4 by default. */
  readonly concurrency?: number;
  /** No trial starts that could lift the sum above this. Dollars; none by default. */
  readonly maxCostUsd?: number;
  /** The lock whose baseline the run is held against, relative to the working directory; `prompts.lock.json`. */
  readonly lock?: string;
}

/** An evaluation whose definition has been checked. */
export interface Eval extends EvalDefinition {
  readonly trials: number;
  readonly gate: GateOptions;
}

/**
 * Defines an evaluation: a task, cases, scorers, a gate. In a file `*.eval.ts` that Vitest runs it is a test as well;
 * `armature eval` finds the same files. Throws `CONFIG_INVALID` with all that is wrong with it.
 */
export function defineEval(definition: EvalDefinition): Eval {
  const { name, scorers, trials = 8, gate = {} } = definition;
  const problems: string[] = [];
  const names = scorers.map((scorer) => scorer.name);
  if (!/^[A-Za-z][\w-]{0,63}$/.test(name))
    problems.push("name must start with a letter and hold only letters, digits, - and _");
  if (scorers.length === 0) problems.push("scorers is empty; nothing would be measured");
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice !== undefined) problems.push(`scorers: two are named "${twice}"; give one a \`name\``);
  if (!Number.isInteger(trials) || trials < 1) problems.push("trials must be a whole number from 1");
  for (const [key, value] of Object.entries(gate)) {
    if (!(value >= 0 && value <= 1)) problems.push(`gate.${key} must be 0 to 1`);
  }
  if (problems.length > 0) {
    throw new ArmatureError("CONFIG_INVALID", problems.map((one) => `eval "${name}": ${one}`).join("\n"));
  }
  const checked: Eval = { ...definition, trials, gate };
  registerEval(checked);
  return checked;
}

/** Whether something that a file exports is an evaluation. */
export function isEval(value: unknown): value is Eval {
  return typeof value === "object" && value !== null && "scorers" in value && "task" in value && "data" in value;
}
