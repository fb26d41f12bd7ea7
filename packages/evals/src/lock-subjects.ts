import type { Tool } from "@armature/contracts";
import { type ArmatureOptions, createArmature, type Task } from "@armature/core";
import { memoryJournal } from "@armature/journal";
import { isText, toJsonSchema } from "@armature/output";
import {
  type LockSubject,
  loadPrompts,
  type PromptLibrary,
  type PromptLock,
  promptLibrary,
  resolvePinned,
} from "@armature/prompts";

/** What of an application decides what its prompts are. */
export interface LockedApplication extends Pick<ArmatureOptions, "models" | "plugins" | "prompts"> {
  readonly tasks?: readonly Task[];
  /** The label that it follows; `production` by default. */
  readonly label?: string;
}

/**
 * Every task of an application with the prompt that the lock gives it: what `checkPrompts` and `acceptPrompt` take. It
 * calls no model and boots nothing, unless a task takes the tools that plugins bring: then the application is booted
 * with a journal in memory, and closed.
 */
export async function lockSubjects(application: LockedApplication, lock: PromptLock): Promise<LockSubject[]> {
  const { tasks = [], prompts, label } = application;
  const library = libraryOf(prompts);
  const shared = tasks.some((task) => !task.tools) ? await sharedTools(application) : [];
  return tasks.map((task) => {
    const prompt =
      typeof task.prompt === "string" ? resolvePinned(library, lock, task.prompt, label).prompt : task.prompt;
    return lockSubject(task, prompt, task.tools ?? shared);
  });
}

/** One task with one form of its prompt. The surroundings are those of core's own hash. */
export function lockSubject(task: Task, prompt: LockSubject["prompt"], tools: readonly Tool[]): LockSubject {
  return {
    task: task.name,
    prompt,
    surroundings: {
      inputSchema: toJsonSchema(task.input),
      ...(!isText(task.output) && { outputSchema: toJsonSchema(task.output) }),
      tools: tools.map(({ name, description, parameters }) => ({
        name,
        description,
        parameters: toJsonSchema(parameters),
      })),
    },
  };
}

export function libraryOf(prompts: ArmatureOptions["prompts"]): PromptLibrary {
  return typeof prompts === "string" ? loadPrompts(prompts) : promptLibrary(prompts ?? []);
}

/** The tools that plugins bring. Only plugins that declare one are worth a boot. */
async function sharedTools({ models, plugins = [], prompts, tasks = [] }: LockedApplication): Promise<readonly Tool[]> {
  const brings = plugins.some(({ definition }) => definition.provides?.some(({ name }) => name === "Tool"));
  const probe = tasks.find((task) => !task.tools);
  if (!brings || !probe) return [];
  const app = await createArmature({
    models,
    plugins,
    journal: memoryJournal(),
    ...(prompts !== undefined && { prompts }),
  });
  try {
    return app.prepare(probe).tools;
  } finally {
    await app.close();
  }
}
