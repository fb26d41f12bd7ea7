import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { promptsInvalid } from "./problem.js";
import { EMPTY_LOCK, type LockEntry, PromptLock } from "./prompt-lock.js";

/** Reads a lock file; one that does not exist locks nothing. A broken one is `CONFIG_INVALID` with file and field. */
export function readPromptLock(file: string): PromptLock {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return EMPTY_LOCK;
    throw promptsInvalid([{ source: file, message: `cannot be read (${code})` }]);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    // The usual reason: two branches accepted prompts, and the merge left its marks.
    throw promptsInvalid([{ source: file, message: `is not JSON: ${(cause as Error).message}` }]);
  }
  const parsed = PromptLock.safeParse(json);
  if (parsed.success) return parsed.data;
  throw promptsInvalid(
    parsed.error.issues.map((issue) => ({ source: file, field: issue.path.join("."), message: issue.message })),
  );
}

/** Writes a lock file, sorted so that its differences are what was accepted. A crash leaves the old file or the new. */
export function writePromptLock(file: string, lock: PromptLock): void {
  const prompts = sorted(lock.prompts, (tasks) => sorted(tasks, sortedEntry));
  const labels = sorted(lock.labels, (moves) => sorted(moves, (all) => all));
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify({ version: lock.version, labels, prompts }, undefined, 2)}\n`);
  renameSync(draft, file);
}

function sortedEntry(entry: LockEntry): LockEntry {
  if (!entry.evaluation) return entry;
  const { passes, scores, judges } = entry.evaluation;
  const same = <T>(value: T) => value;
  const evaluation = { passes: sorted(passes, same), scores: sorted(scores, same), judges: sorted(judges, same) };
  return { ...entry, evaluation: { ...entry.evaluation, ...evaluation } };
}

function sorted<T>(record: { readonly [key: string]: T }, map: (value: T) => T): { [key: string]: T } {
  const keys = Object.keys(record).sort();
  return Object.fromEntries(keys.map((key) => [key, map(record[key]!)]));
}
