import { ArmatureError } from "@armature/contracts";
import { type Prompt, promptLibrary } from "@armature/prompts";
import { UsageError } from "./usage-error.js";

/** The prompt of exactly this `name@version`. */
export function exactPrompt(prompts: readonly Prompt[], reference: string): Prompt {
  const nameOf = ({ name, version }: Prompt) => `${name}@${version}`;
  const found = prompts.find((prompt) => nameOf(prompt) === reference);
  if (found) return found;
  const known = [...new Set(prompts.map(nameOf))].sort().join(", ") || "there is none";
  throw new UsageError(`There is no prompt "${reference}"; name one exactly: ${known}.`);
}

/** The newest one that a reference such as `name@major` allows, accepted or not. */
export function newestPrompt(prompts: readonly Prompt[], reference: string): Prompt {
  try {
    return promptLibrary(prompts).resolve(reference);
  } catch (error) {
    if (ArmatureError.isInstance(error) && error.code === "PROMPT_UNKNOWN") throw new UsageError(error.message);
    throw error;
  }
}
