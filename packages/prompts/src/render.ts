import type { Message } from "@armature/contracts";
import { renderMustache } from "./mustache-writer.js";
import type { Prompt } from "./prompt.js";

/**
 * Fills a prompt's templates. Values are inserted as they are, without escaping and without being read as templates or
 * section marks themselves; objects and lists become JSON; an absent value becomes nothing.
 */
export function render(prompt: Prompt, variables: { readonly [name: string]: unknown }): Message[] {
  const partial = (name: string) => (Object.hasOwn(prompt.partials, name) ? prompt.partials[name]!.text : undefined);
  return prompt.sections.map(({ role, template }) => ({
    role,
    content: renderMustache(template.text, variables, partial),
  }));
}
