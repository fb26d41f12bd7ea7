import { parseMustache, type Token } from "./mustache-writer.js";
import type { PromptProblem } from "./problem.js";
import type { Template } from "./prompt.js";

/** One place where a template asks for a value or a partial. */
export interface TemplateTag {
  readonly kind: "value" | "section" | "inverted" | "partial";
  /** As written: `customer.name`, `.`, the name of a partial. */
  readonly name: string;
  readonly source: string;
  readonly line: number;
  /** The tags inside a section. */
  readonly children: readonly TemplateTag[];
}

const KINDS: { readonly [type: string]: TemplateTag["kind"] } = {
  name: "value",
  "&": "value",
  "#": "section",
  "^": "inverted",
  ">": "partial",
};

/** The tags of a template, or what is wrong with it. */
export function readTags(template: Template): { tags: TemplateTag[]; problems: PromptProblem[] } {
  let tokens: Token[];
  try {
    tokens = parseMustache(template.text);
  } catch (error) {
    return { tags: [], problems: [brokenTemplate(template, error as Error)] };
  }
  const problems: PromptProblem[] = [];
  return { tags: toTags(tokens, template, problems), problems };
}

function toTags(tokens: readonly Token[], template: Template, problems: PromptProblem[]): TemplateTag[] {
  const tags: TemplateTag[] = [];
  for (const [type, value, start, , children] of tokens) {
    const kind = KINDS[type];
    if (!kind) continue;
    const name = value.trim();
    const line = lineAt(template, start);
    if (name !== "." && name.split(".").some((key) => key === "")) {
      problems.push({ source: template.source, line, field: name || "{{}}", message: "is not a variable's name" });
    }
    tags.push({
      kind,
      name,
      source: template.source,
      line,
      children: kind === "section" || kind === "inverted" ? toTags(children as Token[], template, problems) : [],
    });
  }
  return tags;
}

function brokenTemplate(template: Template, error: Error): PromptProblem {
  const offset = / at (\d+)$/.exec(error.message);
  return {
    source: template.source,
    line: lineAt(template, offset ? Number(offset[1]) : 0),
    message: `broken Mustache template: ${error.message.replace(/ at \d+$/, "")}`,
  };
}

function lineAt(template: Template, offset: number): number {
  let line = template.line;
  for (let index = template.text.indexOf("\n"); index !== -1 && index < offset; ) {
    line++;
    index = template.text.indexOf("\n", index + 1);
  }
  return line;
}

/** Every tag at any depth, in the order of the text. */
export function* walkTags(tags: readonly TemplateTag[]): Generator<TemplateTag> {
  for (const tag of tags) {
    yield tag;
    yield* walkTags(tag.children);
  }
}
