import type { PromptProblem } from "./problem.js";
import type { Template } from "./prompt.js";
import { readTags, walkTags } from "./template.js";

/**
 * The partials that `templates` include at any depth. Reports the ones that do not exist and those that include
 * themselves: rendering would never end.
 */
export function collectPartials(
  templates: readonly Template[],
  available: { readonly [name: string]: Template },
  problems: PromptProblem[],
): { [name: string]: Template } {
  const found: { [name: string]: Template } = {};
  const visit = (template: Template, path: readonly string[]) => {
    const { tags, problems: broken } = readTags(template);
    problems.push(...broken);
    for (const tag of walkTags(tags)) {
      if (tag.kind !== "partial") continue;
      const place = { source: tag.source, line: tag.line, field: tag.name };
      const partial = Object.hasOwn(available, tag.name) ? available[tag.name] : undefined;
      if (!partial) {
        const names = Object.keys(available).sort().join(", ") || "none";
        problems.push({ ...place, message: `there is no such partial; there are: ${names}` });
      } else if (path.includes(tag.name)) {
        problems.push({ ...place, message: `the partial includes itself: ${[...path, tag.name].join(" > ")}` });
      } else if (!Object.hasOwn(found, tag.name)) {
        found[tag.name] = partial;
        visit(partial, [...path, tag.name]);
      }
    }
  };
  for (const template of templates) visit(template, []);
  return found;
}
