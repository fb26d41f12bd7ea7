import type { Prompt } from "./prompt.js";
import { readTags, type TemplateTag, walkTags } from "./template.js";

/** The tags of all sections of a prompt; a partial's tags stand as the children of the tag that includes it. */
export function promptTags(prompt: Prompt): TemplateTag[] {
  const expand = (tag: TemplateTag): TemplateTag => {
    const children = tag.kind === "partial" ? readTags(prompt.partials[tag.name]!).tags : tag.children;
    return { ...tag, children: children.map(expand) };
  };
  return prompt.sections.flatMap((section) => readTags(section.template).tags).map(expand);
}

/**
 * The names that a prompt asks for, partials included, each once and sorted, as written: `customer.name`. Inside a
 * section over a list they may mean the item's fields.
 */
export function variablesOf(prompt: Prompt): string[] {
  const names = new Set<string>();
  for (const tag of walkTags(promptTags(prompt))) {
    if (tag.kind !== "partial" && tag.name !== ".") names.add(tag.name);
  }
  return [...names].sort();
}
