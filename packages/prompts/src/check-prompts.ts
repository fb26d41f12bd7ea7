import { diffLines, shortenDiff } from "./line-diff.js";
import { type Form, formOf, type LockSubject, lockedEntry } from "./lock-entry.js";
import type { LockEntry, PromptLock } from "./prompt-lock.js";
import { compareVersions, parseVersion } from "./semantic-version.js";

/**
 * - `OK`: what runs is what was accepted, with an evaluation;
 * - `CHANGED`: the effective form moved, its version did not;
 * - `STALE`: there is no evaluation for this form;
 * - `BREAKING`: variables or output schema differ from those accepted under the same major version.
 */
export type PromptStatus = "OK" | "CHANGED" | "STALE" | "BREAKING";

export interface PromptCheck {
  readonly task: string;
  /** `triage@2.0.0`. */
  readonly reference: string;
  readonly source: string;
  readonly status: PromptStatus;
  /** Of the form that would run. */
  readonly hash: string;
  /** Of the form that was accepted for exactly this version. */
  readonly lockedHash?: string;
  /** What is wrong and what to do about it; empty when nothing is. */
  readonly message: string;
  /** What moved, line by line; empty where there is nothing to compare with. */
  readonly difference: readonly string[];
}

/** Compares prompts with the lock: offline, without calling any model, in the order of the subjects. */
export function checkPrompts(subjects: readonly LockSubject[], lock: PromptLock): PromptCheck[] {
  return subjects.map((subject) => checkPrompt(subject, lock));
}

function checkPrompt(subject: LockSubject, lock: PromptLock): PromptCheck {
  const { prompt, task } = subject;
  const reference = `${prompt.name}@${prompt.version}`;
  const form = formOf(subject);
  const locked = lockedEntry(lock, subject);
  const same = locked && { reference, entry: locked };
  // A version that the lock does not know answers for the promise of the one before it.
  const base = same ?? newestBefore(subject, lock);
  const difference = base && base.entry.hash !== form.hash ? describeDifference(base.entry, form) : [];
  const result = (status: PromptStatus, message: string): PromptCheck => ({
    task,
    reference,
    source: prompt.source,
    status,
    hash: form.hash,
    ...(locked && { lockedHash: locked.hash }),
    message,
    difference,
  });

  const accept = `evaluate it and run "armature prompts accept ${reference}"`;
  if (base && interfaceOf(base.entry) !== interfaceOf(form)) {
    const { major } = parseVersion(prompt.version)!;
    const message = `variables or output schema differ from ${base.reference}; give it version ${major + 1}.0.0`;
    return result("BREAKING", message);
  }
  if (locked && locked.hash !== form.hash) {
    return result("CHANGED", `it is not what was accepted as ${reference}; raise its version, or ${accept}`);
  }
  if (!locked) return result("STALE", `it is not in the lock; ${accept}`);
  if (!locked.evaluation) return result("STALE", `it was accepted without an evaluation; ${accept}`);
  return result("OK", "");
}

/** The newest locked version below this one with the same major, in the same task. */
function newestBefore({ prompt, task }: LockSubject, lock: PromptLock) {
  const version = parseVersion(prompt.version)!;
  return Object.entries(lock.prompts)
    .flatMap(([reference, tasks]) => {
      const [name, text = ""] = reference.split("@");
      const locked = parseVersion(text);
      const entry = Object.hasOwn(tasks, task) ? tasks[task] : undefined;
      if (!entry || !locked || name !== prompt.name || locked.major !== version.major) return [];
      return compareVersions(locked, version) < 0 ? [{ reference, entry, locked }] : [];
    })
    .sort((a, b) => compareVersions(a.locked, b.locked))
    .at(-1);
}

/** What callers of a prompt rely on: what it takes and what comes back. */
function interfaceOf({ variables, outputSchema }: Form): string {
  return JSON.stringify([variables, outputSchema]);
}

function describeDifference(locked: LockEntry, form: Form): string[] {
  const parts = [
    ["input schema", locked.inputSchema !== form.inputSchema],
    ["output schema", locked.outputSchema !== form.outputSchema],
    ["tools", locked.tools !== form.tools],
  ] as const;
  const text = diffLines(locked.text, form.text);
  return [
    ...(text.some((line) => !line.startsWith("  ")) ? shortenDiff(text) : []),
    ...parts.filter(([, moved]) => moved).map(([part]) => `~ the ${part} changed`),
  ];
}
