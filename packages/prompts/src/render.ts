import type { JsonValue, Message } from "@armature/contracts";
import { frameVariables } from "./frame-variables.js";
import { renderMustache } from "./mustache-writer.js";
import type { Prompt, PromptSection } from "./prompt.js";
import { lastUserSection } from "./stable-sections.js";

type Variables = { readonly [name: string]: unknown };

/**
 * Fills a prompt's templates. Values are inserted as they are, without escaping and without being read as templates or
 * section marks themselves; objects and lists become JSON; an absent value becomes nothing. Examples stand as pairs in
 * front of the last user message. A message that is stable in its beginning only has two content parts.
 */
export function render(prompt: Prompt, variables: Variables): Message[] {
  const { sections } = prompt;
  const last = lastUserSection(sections);
  return sections.flatMap((section, index): Message[] => {
    if (section.joins) return [];
    const parts = partsFrom(sections, index);
    const message = messageOf(prompt, parts, variables);
    return index === last ? [...renderExamples(prompt, parts, variables.schema), message] : [message];
  });
}

function renderExamples({ examples, ...prompt }: Prompt, parts: readonly PromptSection[], schema: unknown): Message[] {
  return examples.flatMap(({ input, output }) => [
    // An example has found nothing and remembers nothing: it has its input and the task's schema.
    messageOf(prompt, parts, { ...frameVariables(input), schema: schema ?? "" }),
    { role: "assistant", content: exampleText(output) },
  ]);
}

function exampleText(output: JsonValue): string {
  return typeof output === "string" ? output : JSON.stringify(output);
}

function partsFrom(sections: readonly PromptSection[], index: number): readonly PromptSection[] {
  const next = sections.findIndex(({ joins }, at) => at > index && !joins);
  return sections.slice(index, next === -1 ? undefined : next);
}

function messageOf(
  { partials }: Pick<Prompt, "partials">,
  parts: readonly PromptSection[],
  variables: Variables,
): Message {
  const partial = (name: string) => (Object.hasOwn(partials, name) ? partials[name]!.text : undefined);
  const texts = parts.map(({ template }) => renderMustache(template.text, variables, partial));
  const content = texts.length === 1 ? texts[0]! : texts.map((text) => ({ type: "text" as const, text }));
  return { role: parts[0]!.role, content };
}
