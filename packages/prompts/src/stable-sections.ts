import type { StablePrefix } from "@armature/contracts";
import type { PromptProblem } from "./problem.js";
import type { Prompt, PromptSection, Template } from "./prompt.js";
import { readTags, walkTags } from "./template.js";
import { tagsOf } from "./variables.js";

/**
 * A line that is exactly this ends the part of a prompt that is equal in every request. One mark is enough: what
 * providers cache is a prefix, so nothing behind the first byte that varies can be served from it.
 */
const MARK = "<!-- varying -->";

/** The output's schema belongs to the task, not to the request. */
const STABLE_VARIABLES: readonly string[] = ["schema"];

/** Splits sections at the mark, and reports a second mark and whatever varies in front of the first. */
export function splitAtMark(
  sections: readonly PromptSection[],
  partials: Prompt["partials"],
  problems: PromptProblem[],
): Pick<Prompt, "sections" | "stableSections"> {
  const isMark = (line: string) => line.trimEnd() === MARK;
  const split: PromptSection[] = [];
  let stableSections: number | undefined;
  for (const section of sections) {
    const { text, source, line } = section.template;
    const lines = text.split("\n");
    const marks = lines.flatMap((one, index) => (isMark(one) ? [index] : []));
    for (const extra of stableSections === undefined ? marks.slice(1) : marks) {
      const message = "there is one such mark already: what is cached is a prefix, and it ends at the first";
      problems.push({ source, line: line + extra, field: MARK, message });
    }
    const at = marks[0];
    if (at === undefined || stableSections !== undefined) {
      split.push(section);
      continue;
    }
    // The line end in front of the mark stays: the message reads as if the mark were not there.
    const before = lines.slice(0, at).map((one) => `${one}\n`);
    const after = lines.slice(at + 1).join("\n");
    if (before.length > 0) split.push({ role: section.role, template: { text: before.join(""), source, line } });
    stableSections = split.length;
    const rest: PromptSection = { role: section.role, template: { text: after, source, line: line + at + 1 } };
    if (after !== "") split.push(before.length > 0 ? { ...rest, joins: true } : rest);
  }
  if (stableSections === undefined) return { sections: split };
  // A Mustache section that was open at the mark is broken on both sides of it.
  const broken = split.flatMap(({ template }) => readTags(template).problems);
  problems.push(...broken);
  if (broken.length === 0) {
    for (const { template } of split.slice(0, stableSections)) reportVarying(template, partials, problems);
  }
  return { sections: split, stableSections };
}

function reportVarying(template: Template, partials: Prompt["partials"], problems: PromptProblem[]): void {
  for (const { kind, name, source, line } of walkTags(tagsOf(template, partials))) {
    if (kind === "partial" || STABLE_VARIABLES.includes(name)) continue;
    problems.push({ source, line, field: name, message: `changes with every request and stands in front of ${MARK}` });
  }
}

/** Absent where the prompt has no mark. Counts what `render` gives; messages put in front of it come on top. */
export function stablePrefix({ sections, stableSections, examples }: Prompt): StablePrefix | undefined {
  if (stableSections === undefined) return undefined;
  const starts = sections.flatMap(({ joins }, index) => (joins ? [] : [index]));
  const split = sections[stableSections]?.joins === true;
  const own = starts.filter((start) => start < stableSections).length - (split ? 1 : 0);
  // Examples stand in front of the last user message, and never vary.
  const last = lastUserSection(sections);
  const ahead = examples.length > 0 && last !== -1 && starts.filter((start) => start < last).length <= own;
  return { messages: own + (ahead ? 2 * examples.length : 0), parts: split ? 1 : 0 };
}

/** The section that the last user message begins with; -1 where there is none. */
export function lastUserSection(sections: readonly PromptSection[]): number {
  return sections.findLastIndex(({ role, joins }) => role === "user" && !joins);
}
