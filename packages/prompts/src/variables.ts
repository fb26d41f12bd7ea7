import type { Prompt, Template } from "./prompt.js";
import { readTags, type TemplateTag, walkTags } from "./template.js";

/** The tags of a template; a partial's tags stand as the children of the tag that includes it. */
export function tagsOf(template: Template, partials: Prompt["partials"]): TemplateTag[] {
  const expand = (tag: TemplateTag): TemplateTag => {
    const children = tag.kind === "partial" ? readTags(partials[tag.name]!).tags : tag.children;
    return { ...tag, children: children.map(expand) };
  };
  return readTags(template).tags.map(expand);
}

/** The tags of all sections of a prompt, partials included. */
export function promptTags(prompt: Prompt): TemplateTag[] {
  return prompt.sections.flatMap(({ template }) => tagsOf(template, prompt.partials));
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
