import type { JsonObject } from "@armature/contracts";
import { type Prompt, RESERVED_VARIABLES, variablesOf } from "@armature/prompts";
import { asJson } from "./content.js";

const reserved: ReadonlySet<string> = new Set(RESERVED_VARIABLES);

/**
 * The input's fields that a prompt names. What the frame itself provides is not among them: the record has the input,
 * the passages and the memories in places of their own, and the schema in the hash of the prompt.
 */
export function namedFields(prompt: Prompt): string[] {
  const heads = variablesOf(prompt).map((name) => name.split(".", 1)[0]!);
  return [...new Set(heads)].filter((name) => !reserved.has(name));
}

/** What was put into the prompt under those names, as JSON; a parsed input may hold dates and other objects. */
export function variablesFor(names: readonly string[], input: unknown): JsonObject {
  if (typeof input !== "object" || input === null) return {};
  const fields = input as Readonly<Record<string, unknown>>;
  const known = names.filter((name) => Object.hasOwn(fields, name) && fields[name] !== undefined);
  return Object.fromEntries(known.map((name) => [name, asJson(fields[name])]));
}
