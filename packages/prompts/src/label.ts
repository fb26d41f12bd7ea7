import { ArmatureError } from "@armature/contracts";
import type { PromptLibrary } from "./library.js";
import { promptsInvalid } from "./problem.js";
import type { Prompt } from "./prompt.js";
import type { LabelMove, PromptLock } from "./prompt-lock.js";
import { parseVersion } from "./semantic-version.js";

/** The label that an application follows unless it names another; a label without a pin of its own follows it too. */
export const DEFAULT_LABEL = "production";

/** Why this version runs: the record keeps it. */
export interface PromptPin extends LabelMove {
  readonly label: string;
}

export interface PinnedPrompt {
  readonly prompt: Prompt;
  /** Absent where no label decided: an exact reference, or a prompt that the lock does not know. */
  readonly pin?: PromptPin;
}

/**
 * The prompt that a task's reference means under a label: for `name@major` the version that the lock pins, for
 * anything more exact the library's own choice. Throws `PROMPT_UNKNOWN` when there is no such prompt, or none of the
 * pinned version.
 */
export function resolvePinned(
  library: PromptLibrary,
  lock: PromptLock,
  reference: string,
  label = DEFAULT_LABEL,
): PinnedPrompt {
  const pin = pinOf(lock, reference, label);
  if (!pin) return { prompt: library.resolve(reference) };
  const name = reference.slice(0, reference.indexOf("@"));
  const prompt = library.prompts.find((one) => one.name === name && one.version === pin.version);
  if (prompt) return { prompt, pin };
  const message = `the lock pins ${reference} to ${pin.version} (label ${pin.label}, by ${pin.by}: ${pin.why}), and there is no such prompt; bring it back, or run "npx armature prompts rollback ${reference}"`;
  throw new ArmatureError("PROMPT_UNKNOWN", message, {
    details: { reference, label: pin.label, version: pin.version },
  });
}

/** Where a label stands for `name@major`. */
export function pinOf(lock: PromptLock, reference: string, label = DEFAULT_LABEL): PromptPin | undefined {
  const labels = Object.hasOwn(lock.labels, reference) ? lock.labels[reference]! : {};
  const followed = Object.hasOwn(labels, label) ? label : DEFAULT_LABEL;
  const move = Object.hasOwn(labels, followed) ? labels[followed]!.at(-1) : undefined;
  return move && { ...move, label: followed };
}

/** What a record says of why this version ran: `production at 2.0.0 by Bob since 2026-01-31: refunds went wrong`. */
export function describePin({ label, version, by, at, why }: PromptPin): string {
  return `${label} at ${version} by ${by} since ${at.slice(0, 10)}: ${why}`;
}

export interface MoveRequest {
  readonly label?: string;
  /** Who takes the responsibility. */
  readonly by: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly why: string;
}

/** A lock in which the label stands at `version`; that it was accepted is the caller's to know. */
export function moveLabel(lock: PromptLock, name: string, version: string, request: MoveRequest): PromptLock {
  const { label = DEFAULT_LABEL, by, at, why } = request;
  const reference = `${name}@${parseVersion(version)!.major}`;
  const labels = Object.hasOwn(lock.labels, reference) ? lock.labels[reference]! : {};
  const moves = Object.hasOwn(labels, label) ? labels[label]! : [];
  const move: LabelMove = { version, by, at: new Date(at).toISOString(), why };
  return { ...lock, labels: { ...lock.labels, [reference]: { ...labels, [label]: [...moves, move] } } };
}

/**
 * A lock in which the label stands where it stood before, or at `to`. Throws `CONFIG_INVALID` when there is nothing to
 * go back to: a version that was never accepted is not one.
 */
export function rollback(
  lock: PromptLock,
  reference: string,
  request: MoveRequest & { readonly to?: string },
): PromptLock {
  const label = request.label ?? DEFAULT_LABEL;
  const moves = lock.labels[reference]?.[label];
  const source = `prompt ${reference}`;
  if (!moves) throw promptsInvalid([{ source, message: `no label "${label}" stands at it: ${describeLabels(lock)}` }]);
  const [name = ""] = reference.split("@");
  const current = moves.at(-1)!.version;
  const accepted = acceptedVersions(lock, name).filter(
    (version) => `${name}@${parseVersion(version)?.major}` === reference,
  );
  const to = request.to ?? earlierVersion(moves, accepted);
  if (to === undefined || to === current || !accepted.includes(to)) {
    const what =
      to === undefined ? "nothing came before it" : to === current ? "it stands there" : `${to} was never accepted`;
    const message = `label ${label} stands at ${current} and cannot go back: ${what}; accepted are: ${accepted.join(", ")}`;
    throw promptsInvalid([{ source, message }]);
  }
  return moveLabel(lock, name, to, request);
}

/** The nearest earlier stand that was not itself left by going back: two rollbacks go two versions back. */
function earlierVersion(moves: readonly LabelMove[], accepted: readonly string[]): string | undefined {
  const stands: string[] = [];
  for (const { version } of moves) {
    const at = stands.lastIndexOf(version);
    if (at === -1) stands.push(version);
    else stands.splice(at + 1);
  }
  return stands.slice(0, -1).findLast((version) => accepted.includes(version));
}

function acceptedVersions(lock: PromptLock, name: string): string[] {
  return Object.keys(lock.prompts).flatMap((key) => (key.startsWith(`${name}@`) ? [key.slice(name.length + 1)] : []));
}

function describeLabels(lock: PromptLock): string {
  const all = Object.entries(lock.labels).flatMap(([reference, labels]) =>
    Object.entries(labels).map(([label, moves]) => `${reference} ${label} at ${moves.at(-1)!.version}`),
  );
  return all.length === 0 ? "the lock has no label yet" : `the lock has ${all.join("; ")}`;
}
