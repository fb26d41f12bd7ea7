import { diffLines, shortenDiff } from "./line-diff.js";
import { type Form, formOf, type LockSubject, lockedEntry } from "./lock-entry.js";
import type { LockEntry, PromptLock } from "./prompt-lock.js";
import { compareVersions, parseVersion } from "./semantic-version.js";

/**
 * - `OK`: what runs is what was accepted, with an evaluation;
 * - `CHANGED`: the effective form moved, its version did not;
 * - `STALE`: there is no evaluation for this form, or one by a judge that has moved since;
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
  /** The commands to run next, in order, once the message is followed; empty where nothing is wrong. */
  readonly next: readonly string[];
}

/** Compares prompts with the lock: offline, without calling any model, in the order of the subjects. */
export function checkPrompts(subjects: readonly LockSubject[], lock: PromptLock): PromptCheck[] {
  const current = new Map(subjects.map((subject) => [subject.task, formOf(subject).hash]));
  return subjects.map((subject) => checkPrompt(subject, lock, current));
}

/**
 * A check as lines: status, place and message, the difference indented, then the commands; `folder` is where they have
 * to be run, where that is not plain.
 */
export function describeCheck(check: PromptCheck, folder?: string): string[] {
  const { status, task, reference, source, message, difference, next } = check;
  const head = `${status.padEnd(8)} ${reference} in task ${task}`;
  if (status === "OK") return [head];
  return [
    `${head} (${source})`,
    `  ${message}`,
    ...difference.map((line) => `    ${line}`),
    ...(next.length > 0
      ? [folder === undefined ? "  Next:" : `  Next, in ${folder}:`, ...next.map((command) => `    ${command}`)]
      : []),
  ];
}

function checkPrompt(subject: LockSubject, lock: PromptLock, current: ReadonlyMap<string, string>): PromptCheck {
  const { prompt, task } = subject;
  const reference = `${prompt.name}@${prompt.version}`;
  const form = formOf(subject);
  const locked = lockedEntry(lock, subject);
  const same = locked && { reference, entry: locked };
  // A version that the lock does not know answers for the promise of the one before it.
  const base = same ?? newestBefore(subject, lock);
  const difference = base && base.entry.hash !== form.hash ? describeDifference(base.entry, form) : [];
  const result = (status: PromptStatus, message: string, next = evaluateAndAccept(reference)): PromptCheck => ({
    task,
    reference,
    source: prompt.source,
    status,
    hash: form.hash,
    ...(locked && { lockedHash: locked.hash }),
    message,
    difference,
    next,
  });

  if (base && interfaceOf(base.entry) !== interfaceOf(form)) {
    const { major } = parseVersion(prompt.version)!;
    const [own, raised] = [`${prompt.name}@${major + 1}`, `${prompt.name}@${major + 1}.0.0`];
    const message = `variables or output schema differ from ${base.reference}; give it version ${major + 1}.0.0 and let the task ask for ${own}, then evaluate and accept it`;
    return result("BREAKING", message, evaluateAndAccept(raised));
  }
  if (locked && locked.hash !== form.hash) {
    return result(
      "CHANGED",
      `it is not what was accepted as ${reference}; raise its version, or evaluate and accept it`,
    );
  }
  if (!locked) return result("STALE", "it is not in the lock; evaluate and accept it");
  if (!locked.evaluation) return result("STALE", "it was accepted without an evaluation; evaluate and accept it");
  const moved = Object.entries(locked.evaluation.judges).flatMap(([judge, hash]) =>
    current.has(judge) && current.get(judge) !== hash ? [judge] : [],
  );
  if (moved.length === 0) return result("OK", "", []);
  return result("STALE", `its evaluation is by ${moved.join(", ")}, which changed since; evaluate and accept it`);
}

function evaluateAndAccept(reference: string): string[] {
  return [
    `npx armature eval --baseline --prompt ${reference} --out eval.json`,
    `npx armature prompts accept ${reference} --eval eval.json`,
  ];
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
    ["", locked.text, form.text],
    ["input schema", locked.inputSchema, form.inputSchema],
    ["output schema", locked.outputSchema, form.outputSchema],
    ["tools", locked.tools, form.tools],
  ] as const;
  return parts.flatMap(([part, before, after]) => {
    const lines = diffLines(before, after);
    const moved = lines.filter((line) => !line.startsWith("  "));
    if (moved.length === 0) return [];
    return part === "" ? shortenDiff(lines) : [`~ the ${part} changed`, ...moved];
  });
}
