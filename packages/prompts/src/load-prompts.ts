import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type PromptLibrary, promptLibrary } from "./library.js";
import { type PromptProblem, promptsInvalid } from "./problem.js";
import type { Prompt, Template } from "./prompt.js";
import { normalizeText, parsePromptFile } from "./prompt-file.js";

const PROMPT_SUFFIX = ".prompt.md";
const PARTIAL_SUFFIX = ".partial.md";
/** The folder of what prompts share; no prompt can have its name. */
const PARTIALS = "_partials";

/**
 * Reads every `<folder>/<name>/<version>.prompt.md` and the partials `<folder>/_partials/<name>.partial.md`. Throws
 * one `CONFIG_INVALID` that lists all that is wrong with all files, each with line and field. Files with other
 * endings are ignored. It reads synchronously: it runs once, at boot.
 */
export function loadPrompts(folder: string): PromptLibrary {
  const problems: PromptProblem[] = [];
  const partials: { [name: string]: Template } = {};
  const entries = readFolder(folder);
  if (entries.some((entry) => entry.name === PARTIALS && entry.isDirectory())) {
    for (const file of filesIn(join(folder, PARTIALS), PARTIAL_SUFFIX)) {
      const source = join(folder, PARTIALS, file);
      // Mustache takes the line of a lone partial tag away with its end, so the partial brings its own.
      const text = normalizeText(readFileSync(source, "utf8")).replace(/\n*$/, "\n");
      partials[file.slice(0, -PARTIAL_SUFFIX.length)] = { text, source, line: 1 };
    }
  }

  const prompts: Prompt[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name === PARTIALS) continue;
    for (const file of filesIn(join(folder, entry.name), PROMPT_SUFFIX)) {
      const source = join(folder, entry.name, file);
      const prompt = parsePromptFile(readFileSync(source, "utf8"), source, partials, problems);
      if (!prompt) continue;
      const version = file.slice(0, -PROMPT_SUFFIX.length);
      if (prompt.name !== entry.name) problems.push(mismatch(source, "name", prompt.name, entry.name, "folder"));
      if (prompt.version !== version) problems.push(mismatch(source, "version", prompt.version, version, "file"));
      prompts.push(prompt);
    }
  }
  if (problems.length > 0) throw promptsInvalid(dedupe(problems));
  return promptLibrary(prompts);
}

function readFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const message = code === "ENOENT" ? "there is no such folder of prompts" : `cannot be read (${code})`;
    throw promptsInvalid([{ source: folder, message }]);
  }
}

function filesIn(folder: string, suffix: string): string[] {
  return readFolder(folder)
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => entry.name);
}

function mismatch(source: string, field: string, written: string, expected: string, of: string): PromptProblem {
  return { source, field, message: `is "${written}", but the ${of} is named "${expected}"` };
}

/** A broken partial is found once by every prompt that includes it. */
function dedupe(problems: readonly PromptProblem[]): PromptProblem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
