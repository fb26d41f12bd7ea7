import { describeCause, type RequestState } from "@armature/contracts";
import { failureOf } from "./failure-of.js";
import { guardInput, guardOutput, guardRetrieval } from "./guards.js";
import { activeMs, type Services } from "./services.js";
import { appends, applyPatch, checkPatch, type Patch } from "./state.js";
import type { Table, TableNode } from "./table.js";
import { abortReason, within } from "./within.js";

/**
 * One visit of one node: the only way in which either runner runs anything. It never throws: whatever goes wrong is a
 * `failure` in the patch. What must not be skipped lives here and not in a stage that somebody may replace: opening
 * the record, the guards at the boundaries, the deadline, the visit count and the timing.
 */
export async function step(table: Table, name: string, state: RequestState, services: Services): Promise<Patch> {
  const node = table.nodes[name] as TableNode;
  const visit = (state.visits[name] ?? 0) + 1;
  const visits = { ...state.visits, [name]: visit };
  const { clock } = services.runtime;
  const startedAt = clock.now();
  const { withheld } = services.trace;
  const known = withheld.length;
  services.trace.enter(name, visit);
  services.listener?.take({ type: "stage", stage: name, phase: "entered", visit });
  let patch: Patch;
  try {
    patch = await visitNode(table, name, node, { ...state, visits }, services);
  } catch (thrown) {
    if (services.isPause?.(thrown)) throw thrown;
    patch = { failure: abortReason(services.context, name) ?? failureOf(thrown, name) };
  }
  services.trace.timings.push({ stage: name, visit, startedAt, durationMs: clock.now() - startedAt });
  services.listener?.take({ type: "stage", stage: name, phase: "left", visit });
  return {
    ...withSpending(patch, services),
    ...(withheld.length > known && { withheld: withheld.slice(known) }),
    visits,
    activeMs: activeMs(services),
  };
}

/** What plugins spent during the visit belongs to the request like any attempt. */
function withSpending(patch: Patch, { spent }: Services): Patch {
  const { attempts, costs, degraded } = spent;
  if (attempts.length === 0 && costs.length === 0) return patch;
  const before = { attempts: attempts.splice(0), costs: costs.splice(0) };
  return mergePatches({ ...before, ...(degraded.length > 0 && { degraded: degraded.splice(0) }) }, patch);
}

async function visitNode(
  table: Table,
  name: string,
  node: TableNode,
  state: RequestState,
  services: Services,
): Promise<Patch> {
  // `log` writes its own record within its own grace: also of a request whose time is over.
  if (name === "log") return node.run(state, services);

  services.context.signal.throwIfAborted();
  let before: Patch = {};
  if (isFirstVisit(state)) {
    const degraded = await openRecord(services);
    before = { ...(await within(services.context, guardInput(state, services))), ...(degraded && { degraded }) };
    if (before.failure) return before;
  }
  const entered = applyPatch(state, before, table.fields);
  const raw = await within(services.context, node.run(entered, services));
  const patch = node.foreign ? checkPatch(name, raw, table.fields) : raw;
  if (!isBoundary(name)) return mergePatches(before, patch);
  const left = applyPatch(entered, patch, table.fields);
  if (name === "validate") noteValidation(left, services);
  const after = left.failure ? {} : await within(services.context, guardAfter(name, left, services));
  return mergePatches(before, patch, after);
}

/** Writes that the request has begun, before its first effect: a journal that cannot is noticed before money is spent. */
async function openRecord({ runtime, trace }: Services): Promise<string[] | undefined> {
  try {
    await runtime.journal.open(trace.opening);
    return undefined;
  } catch (thrown) {
    if (runtime.onJournalFailure === "refuse") throw thrown;
    return [`journal: ${describeCause(thrown)?.message ?? "failed"}`];
  }
}

/** The state keeps the issues of the latest answer only; the record tells of all. */
function noteValidation({ issues, visits, attempts }: RequestState, { trace }: Services): void {
  if (issues.length === 0) return;
  const attemptId = attempts.findLast(({ result, stage }) => result === "answered" && stage === "call")?.id;
  trace.validations.push({ visit: visits.validate ?? 1, ...(attemptId && { attemptId }), issues });
}

function isFirstVisit(state: RequestState): boolean {
  const visits = Object.values(state.visits);
  return visits.length === 1 && visits[0] === 1;
}

/** Whether something is looked at, by guards or for the record, when the node is left. */
function isBoundary(name: string): boolean {
  return name === "retrieve" || name === "validate";
}

function guardAfter(name: string, state: RequestState, services: Services): Promise<Patch> | Patch {
  if (name === "retrieve") return guardRetrieval(state, services);
  if (name === "validate" && state.candidate && state.issues.length === 0) return guardOutput(state, services);
  return {};
}

/** Later keys replace; what appends is joined. */
function mergePatches(...patches: readonly Patch[]): Patch {
  const [first = {}, ...others] = patches.filter((patch) => Object.keys(patch).length > 0);
  if (others.length === 0) return first;
  const merged: Record<string, unknown> = { ...first };
  for (const patch of others) {
    for (const [key, value] of Object.entries(patch)) {
      const present = merged[key];
      merged[key] = appends(key) && Array.isArray(present) ? [...present, ...(value as unknown[])] : value;
    }
  }
  return merged;
}
