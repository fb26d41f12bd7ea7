import { readFrontMatter } from "./front-matter.js";
import { collectPartials } from "./partials.js";
import type { PromptProblem } from "./problem.js";
import { PROMPT_ROLES, type Prompt, type PromptRole, type PromptSection, type Template } from "./prompt.js";

const SECTION = new RegExp(`^## (${PROMPT_ROLES.join("|")})$`);

/**
 * Reads one prompt file: front matter, then sections that begin with a line `## system`, `## user` or `## assistant`.
 * Other Markdown headings are text. Blank lines around a section's text are not part of it.
 */
export function parsePromptFile(
  text: string,
  source: string,
  partials: { readonly [name: string]: Template },
  problems: PromptProblem[],
): Prompt | undefined {
  const before = problems.length;
  const { matter, body, bodyLine } = readFrontMatter(normalizeText(text), source, problems);
  if (!matter) return undefined;
  const sections = splitSections(body, source, bodyLine, problems);
  const used = collectPartials(
    sections.map((section) => section.template),
    partials,
    problems,
  );
  if (problems.length > before) return undefined;
  const { name, version, description, parameters } = matter;
  return {
    name,
    version,
    ...(description !== undefined && { description }),
    parameters: parameters ?? {},
    sections,
    partials: used,
    source,
  };
}

/** A checkout that turns line ends into CRLF must not move a prompt's hash; nor may a byte order mark. */
export function normalizeText(text: string): string {
  return text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
}

function splitSections(body: string, source: string, bodyLine: number, problems: PromptProblem[]): PromptSection[] {
  const sections: PromptSection[] = [];
  let open: { role: PromptRole; line: number; lines: string[] } | undefined;
  const close = () => {
    if (!open) return;
    const template = trimBlankLines(open.lines, source, open.line + 1);
    if (template.text === "") {
      problems.push({ source, line: open.line, field: `## ${open.role}`, message: "the section is empty" });
    }
    sections.push({ role: open.role, template });
  };
  for (const [index, line] of body.split("\n").entries()) {
    const heading = SECTION.exec(line.trimEnd());
    if (heading) {
      close();
      open = { role: heading[1] as PromptRole, line: bodyLine + index, lines: [] };
    } else if (open) {
      open.lines.push(line);
    } else if (line.trim() !== "") {
      problems.push({ source, line: bodyLine + index, message: `text before the first section; ${HOW_TO_BEGIN}` });
      return [];
    }
  }
  close();
  if (sections.length === 0) problems.push({ source, line: bodyLine, message: `no section; ${HOW_TO_BEGIN}` });
  return sections;
}

const HOW_TO_BEGIN = `begin one with a line ${PROMPT_ROLES.map((role) => `"## ${role}"`).join(", ")}`;

function trimBlankLines(lines: readonly string[], source: string, line: number): Template {
  const first = lines.findIndex((text) => text.trim() !== "");
  if (first === -1) return { text: "", source, line };
  const last = lines.findLastIndex((text) => text.trim() !== "");
  return { text: lines.slice(first, last + 1).join("\n"), source, line: line + first };
}
