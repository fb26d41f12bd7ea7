import { parseExamples } from "./examples.js";
import { readFrontMatter } from "./front-matter.js";
import { collectPartials } from "./partials.js";
import type { PromptProblem } from "./problem.js";
import { PROMPT_ROLES, type Prompt, type PromptRole, type PromptSection, type Template } from "./prompt.js";
import { splitAtMark } from "./stable-sections.js";

const SECTION = new RegExp(`^## (${PROMPT_ROLES.join("|")}|examples)$`);

/**
 * Reads one prompt file: front matter, then sections that begin with a line `## system`, `## user` or `## assistant`,
 * and at most one `## examples`. Other Markdown headings are text. Blank lines around a section's text are not part of
 * it.
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
  const { sections: written, examples } = splitSections(body, source, bodyLine, problems);
  const used = collectPartials(
    written.map((section) => section.template),
    partials,
    problems,
  );
  if (problems.length > before) return undefined;
  const marked = splitAtMark(written, used, problems);
  const solved = examples ? parseExamples(examples.text, written, examples, problems) : [];
  if (problems.length > before) return undefined;
  const { name, version, description, parameters } = matter;
  return {
    name,
    version,
    ...(description !== undefined && { description }),
    parameters: parameters ?? {},
    ...marked,
    examples: solved,
    partials: used,
    source,
  };
}

/** A checkout that turns line ends into CRLF must not move a prompt's hash; nor may a byte order mark. */
export function normalizeText(text: string): string {
  return text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
}

interface WrittenSections {
  readonly sections: PromptSection[];
  /** The YAML of the examples, not parsed yet. */
  readonly examples?: Template;
}

function splitSections(body: string, source: string, bodyLine: number, problems: PromptProblem[]): WrittenSections {
  const sections: PromptSection[] = [];
  let examples: Template | undefined;
  let open: { role: string; line: number; lines: string[] } | undefined;
  const close = () => {
    if (!open) return;
    const template = trimBlankLines(open.lines, source, open.line + 1);
    const report = (message: string) => problems.push({ source, line: open!.line, field: `## ${open!.role}`, message });
    if (template.text === "") report("the section is empty");
    if (open.role !== "examples") sections.push({ role: open.role as PromptRole, template });
    else if (examples) report("there is one such section already");
    else examples = template;
  };
  for (const [index, line] of body.split("\n").entries()) {
    const heading = SECTION.exec(line.trimEnd());
    if (heading) {
      close();
      open = { role: heading[1]!, line: bodyLine + index, lines: [] };
    } else if (open) {
      open.lines.push(line);
    } else if (line.trim() !== "") {
      problems.push({ source, line: bodyLine + index, message: `text before the first section; ${HOW_TO_BEGIN}` });
      return { sections: [] };
    }
  }
  close();
  if (sections.length === 0) problems.push({ source, line: bodyLine, message: `no section; ${HOW_TO_BEGIN}` });
  return { sections, ...(examples && { examples }) };
}

const HOW_TO_BEGIN = `begin one with a line ${PROMPT_ROLES.map((role) => `"## ${role}"`).join(", ")}`;

function trimBlankLines(lines: readonly string[], source: string, line: number): Template {
  const first = lines.findIndex((text) => text.trim() !== "");
  if (first === -1) return { text: "", source, line };
  const last = lines.findLastIndex((text) => text.trim() !== "");
  return { text: lines.slice(first, last + 1).join("\n"), source, line: line + first };
}
