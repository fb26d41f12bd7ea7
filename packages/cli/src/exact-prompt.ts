import type { Prompt } from "@armature/prompts";
import { UsageError } from "./usage-error.js";

/** The prompt of exactly this `name@version`. */
export function exactPrompt(prompts: readonly Prompt[], reference: string): Prompt {
  const nameOf = ({ name, version }: Prompt) => `${name}@${version}`;
  const found = prompts.find((prompt) => nameOf(prompt) === reference);
  if (found) return found;
  const known = [...new Set(prompts.map(nameOf))].sort().join(", ") || "there is none";
  throw new UsageError(`There is no prompt "${reference}"; name one exactly: ${known}.`);
}
