import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
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
  const folders = readFolder(folder, problems).filter((entry) => isFolder(folder, entry));
  if (folders.some((entry) => entry.name === PARTIALS)) {
    for (const [file, source] of filesIn(join(folder, PARTIALS), PARTIAL_SUFFIX, problems)) {
      const written = readText(source, problems);
      if (written === undefined) continue;
      // Mustache takes the line of a lone partial tag away with its end, so the partial brings its own.
      const text = normalizeText(written).replace(/\n*$/, "\n");
      partials[file.slice(0, -PARTIAL_SUFFIX.length)] = { text, source, line: 1 };
    }
  }

  const prompts: Prompt[] = [];
  for (const entry of folders) {
    if (entry.name === PARTIALS) continue;
    for (const [file, source] of filesIn(join(folder, entry.name), PROMPT_SUFFIX, problems)) {
      const text = readText(source, problems);
      const prompt = text === undefined ? undefined : parsePromptFile(text, source, partials, problems);
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

function readFolder(folder: string, problems: PromptProblem[]): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const message = code === "ENOENT" ? "there is no such folder of prompts" : `cannot be read (${code})`;
    problems.push({ source: folder, message });
    return [];
  }
}

/** Whether it is a folder or a link to one: volumes are often mounted as links. */
function isFolder(parent: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return statSync(join(parent, entry.name), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The name and the path of each. */
function filesIn(folder: string, suffix: string, problems: PromptProblem[]): [name: string, path: string][] {
  return readFolder(folder, problems)
    .filter(({ name }) => name.endsWith(suffix))
    .map(({ name }) => [name, join(folder, name)]);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readText(source: string, problems: PromptProblem[]): string | undefined {
  try {
    return utf8.decode(readFileSync(source));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const isText = code !== "ERR_ENCODING_INVALID_ENCODED_DATA";
    problems.push({ source, message: isText ? `cannot be read (${code})` : "is not UTF-8; save it as UTF-8" });
    return undefined;
  }
}

function mismatch(source: string, field: string, written: string, expected: string, of: string): PromptProblem {
  return { source, field, message: `is "${written}", but the ${of} is named "${expected}"` };
}

/** A broken partial is found once by every prompt that includes it. */
function dedupe(problems: readonly PromptProblem[]): PromptProblem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
