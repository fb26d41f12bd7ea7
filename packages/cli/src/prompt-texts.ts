import { ArmatureError } from "@armature/contracts";
import { libraryOf } from "@armature/evals";
import type { ExplainOptions } from "@armature/journal";
import { type Prompt, promptLibrary } from "@armature/prompts";
import type { ArmatureConfig } from "./define-config.js";

/** The text of a recorded prompt version and of the version before it, as the application has them today. */
export function promptTexts(config: ArmatureConfig): NonNullable<ExplainOptions["promptTexts"]> {
  const prompts = knownPrompts(config);
  return (name, version) => {
    const versions = prompts.filter((prompt) => prompt.name === name);
    const at = versions.findIndex((prompt) => prompt.version === version);
    if (at === -1) return undefined;
    const previous = versions[at - 1];
    return {
      text: textOf(versions[at]!),
      ...(previous && { previous: { version: previous.version, text: textOf(previous) } }),
    };
  };
}

/** None where the files are broken: the story can be told without them, and `armature check` says what is wrong. */
function knownPrompts(config: ArmatureConfig): readonly Prompt[] {
  try {
    return allPrompts(config);
  } catch (error) {
    if (ArmatureError.isInstance(error)) return [];
    throw error;
  }
}

/** The prompts of the files and those that tasks bring along, by name, oldest version first. */
export function allPrompts({ prompts, tasks = [] }: ArmatureConfig): readonly Prompt[] {
  const own = tasks.flatMap(({ prompt }) => (typeof prompt === "string" ? [] : [prompt]));
  const all = [...libraryOf(prompts).prompts, ...own];
  return promptLibrary([...new Map(all.map((one) => [`${one.name}@${one.version}`, one])).values()]).prompts;
}

function textOf({ sections, partials }: Prompt): string {
  return [
    ...sections.flatMap(({ role, template, joins }) => [...(joins ? [] : [`## ${role}`]), template.text]),
    ...Object.entries(partials).flatMap(([name, { text }]) => [`## partial ${name}`, text]),
  ].join("\n");
}
