import {
  ArmatureError,
  type Boundary,
  type Change,
  type Guard,
  type GuardSubject,
  type JsonPath,
  type JsonValue,
  type Passage,
  type RequestState,
  type Verdict,
  type VerdictEntry,
} from "@armature/contracts";
import { validateJson } from "@armature/output";
import { asJson } from "./content.js";
import { failure, isUnaffordable } from "./failure-of.js";
import { type Redacted, redact, textParts } from "./redaction.js";
import type { Runtime, Services } from "./services.js";
import type { Patch } from "./state.js";

interface Checked {
  readonly value: JsonValue;
  readonly verdicts: readonly VerdictEntry[];
  readonly redactions: readonly Redacted[];
  readonly blockedBy?: VerdictEntry;
}

/** Input guards, before anything else sees the input. */
export async function guardInput(state: RequestState, services: Services): Promise<Patch> {
  const checked = await check("input", state.input, services);
  if (checked.blockedBy) return { verdicts: checked.verdicts, failure: blocked(checked.blockedBy), input: null };
  return { verdicts: checked.verdicts, ...(checked.redactions.length > 0 && { input: checked.value }) };
}

/** Retrieval guards: a passage that is blocked is dropped, the request goes on without it. */
export async function guardRetrieval(state: RequestState, services: Services): Promise<Patch> {
  const { retrieval } = state;
  if (!retrieval || !hasGuards("retrieval", services.runtime)) return {};
  const verdicts: VerdictEntry[] = [];
  const passages: Passage[] = [];
  const dropped = [...retrieval.dropped];
  for (const passage of retrieval.passages) {
    const checked = await check("retrieval", passage.text, services);
    verdicts.push(...checked.verdicts);
    const { id, store, score } = passage;
    if (checked.blockedBy) dropped.push({ id, store, score, reason: `blocked by guard ${checked.blockedBy.guard}` });
    else passages.push({ ...passage, text: checked.value as string });
  }
  return { verdicts, retrieval: { ...retrieval, passages, dropped } };
}

/** Output guards, in front of the value. What they redact must still satisfy the schema. */
export async function guardOutput(state: RequestState, services: Services): Promise<Patch> {
  if (!state.candidate || !hasGuards("output", services.runtime)) return {};
  const checked = await check("output", state.candidate.json, services, state.retrieval?.passages);
  if (checked.blockedBy) return { verdicts: checked.verdicts, failure: blocked(checked.blockedBy), candidate: null };
  if (checked.redactions.length === 0) return { verdicts: checked.verdicts };
  if (validateJson(checked.value, services.task.task.output).status === "refused") {
    const message = "An output guard redacted the answer, and what is left does not satisfy the output schema.";
    return { verdicts: checked.verdicts, failure: failure("GUARD_BLOCKED", message), candidate: null };
  }
  const changes = checked.redactions.map(
    // The label stands for the text: the record of a redaction must not undo it.
    ({ path, label, replacement }): Change => ({
      kind: label,
      class: "redaction",
      path,
      before: `[${label}]`,
      after: replacement,
    }),
  );
  return { verdicts: checked.verdicts, candidate: { json: checked.value }, changes };
}

/** Persist guards, in front of the application's own database. */
export async function guardPersist(value: JsonValue, services: Services): Promise<Patch> {
  const checked = await check("persist", value, services);
  if (checked.blockedBy) return { verdicts: checked.verdicts, failure: blocked(checked.blockedBy) };
  return { verdicts: checked.verdicts, candidate: { json: checked.value } };
}

/** Tool guards, on a tool's arguments or its answer. Throws `GUARD_BLOCKED`. */
export async function guardTool(
  value: JsonValue,
  services: Services,
): Promise<{ value: JsonValue; verdicts: readonly VerdictEntry[] }> {
  const checked = await check("tool", value, services);
  if (checked.blockedBy) {
    const { message, details } = blocked(checked.blockedBy);
    throw new ArmatureError("GUARD_BLOCKED", message, { details });
  }
  return { value: checked.value, verdicts: checked.verdicts };
}

/** Whether some guard stands at a boundary. */
export function hasGuards(boundary: Boundary, { guards }: Pick<Runtime, "guards">): boolean {
  return guards.some((guard) => guard.boundaries.includes(boundary));
}

/** Asks the guards of a boundary in order; each sees what the one before it has left. */
async function check(
  boundary: Boundary,
  whole: JsonValue,
  services: Services,
  passages?: readonly Passage[],
): Promise<Checked> {
  const verdicts: VerdictEntry[] = [];
  const redactions: Redacted[] = [];
  let value = whole;
  for (const guard of services.runtime.guards) {
    if (!guard.boundaries.includes(boundary)) continue;
    const subject: GuardSubject = { boundary, parts: textParts(value), value, ...(passages && { passages }) };
    const verdict = await ask(guard, subject, services);
    if (verdict.action === "allow" && verdict.findings.length === 0) continue;
    const entry: VerdictEntry = { guard: guard.name, boundary, ...verdict };
    verdicts.push(entry);
    if (verdict.action !== "redact" && verdict.action !== "block") continue;
    const done = redact(value, verdict.findings);
    note(entry, done.redactions, services);
    if (verdict.action === "block") return { value, verdicts, redactions, blockedBy: entry };
    value = done.value;
    redactions.push(...done.redactions);
  }
  return { value, verdicts, redactions };
}

/** What a guard has found may stand in no record, also where it blocked the whole. */
function note({ guard, boundary }: VerdictEntry, taken: readonly Redacted[], { trace }: Services): void {
  for (const { path, label, start, end, text, replacement } of taken) {
    trace.redactions.push({ boundary, guard, label, path, start, end });
    // What is taken out of the input is gone before anybody has seen it; all else may stand in several places.
    if (boundary !== "input") trace.withheld.push({ text, replacement });
  }
}

const ACTIONS: ReadonlySet<string> = new Set(["allow", "flag", "redact", "block"]);

// Guards fail closed: one that throws or answers nonsense ends the request in PLUGIN_FAILED.
async function ask(guard: Guard, subject: GuardSubject, services: Services): Promise<Verdict> {
  let verdict: Verdict;
  try {
    verdict = asJson(await guard.check(subject, services.context)) as unknown as Verdict;
  } catch (cause) {
    if (isUnaffordable(cause)) throw cause;
    throw new ArmatureError("PLUGIN_FAILED", `Guard "${guard.name}" failed at the ${subject.boundary} boundary.`, {
      plugin: guard.name,
      cause,
    });
  }
  const problem = nonsense(verdict, subject);
  if (problem) {
    throw new ArmatureError("PLUGIN_FAILED", `Guard "${guard.name}" returned ${problem}.`, { plugin: guard.name });
  }
  return verdict;
}

function nonsense(verdict: Verdict, subject: GuardSubject): string | undefined {
  if (!verdict || !ACTIONS.has(verdict.action)) return "no known action";
  if (!Array.isArray(verdict.findings)) return "no list of findings";
  if (verdict.findings.length === 0) return undefined;
  const lengths = new Map(subject.parts.map((part) => [pathKey(part.path), part.text.length]));
  for (const finding of verdict.findings) {
    if (!finding) return "a finding that is none";
    const { path, start, end } = finding;
    const length = lengths.get(pathKey(path));
    if (length === undefined) return `a finding at ${pathKey(path)}, where no text is`;
    if (!(Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start < end && end <= length)) {
      return `a finding outside the text at ${pathKey(path)}`;
    }
  }
  return undefined;
}

function pathKey(path: JsonPath): string {
  return JSON.stringify(path);
}

function blocked(entry: VerdictEntry) {
  const labels = [...new Set(entry.findings.map((finding) => finding.label))];
  const why = entry.reason ?? (labels.length > 0 ? `found ${labels.join(", ")}` : "no reason given");
  return failure("GUARD_BLOCKED", `Guard "${entry.guard}" blocked at the ${entry.boundary} boundary: ${why}`, {
    details: { guard: entry.guard, boundary: entry.boundary, labels },
  });
}
