import type { Task } from "@armature/core";
import type { ArmatureConfig } from "./define-config.js";
import { UsageError } from "./usage-error.js";

/** The task that an option names; the only one where none is named. */
export function chosenTask({ tasks = [] }: ArmatureConfig, name: string | undefined): string {
  if (name !== undefined) return name;
  if (tasks.length === 1) return tasks[0]!.name;
  throw new UsageError(`Say of which task: --task <name>; there are: ${taskNames(tasks)}.`);
}

/** The task of the config that has this name. */
export function taskNamed({ tasks = [] }: ArmatureConfig, name: string, path: string): Task {
  const found = tasks.find((task) => task.name === name);
  if (found) return found;
  throw new UsageError(`There is no task "${name}" in ${path}; its tasks are: ${taskNames(tasks)}.`);
}

export function taskNames(tasks: readonly Task[]): string {
  return tasks.map(({ name }) => name).join(", ") || "none";
}
