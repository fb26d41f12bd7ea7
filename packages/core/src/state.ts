import {
  ArmatureError,
  initialRequestState,
  type JsonValue,
  type RequestIdentity,
  type RequestState,
  type StateField,
} from "@armature/contracts";
import type { Fields } from "./table.js";

/** What a stage or node returns: new values for some keys. */
export type Patch = Partial<RequestState> & { readonly [field: string]: unknown };

/** These grow: a patch holds what is added. Every other key replaces. */
const APPENDING = ["attempts", "changes", "verdicts", "costs", "degraded", "withheld"] as const;

const appending: ReadonlySet<string> = new Set(APPENDING);

/** Whether a patch of this key holds what is added, instead of what replaces. */
export function appends(key: string): boolean {
  return appending.has(key);
}

/** The state of a request that has just been accepted, with the added fields. */
export function initialState(identity: RequestIdentity, input: JsonValue, fields: Fields): RequestState {
  const added = Object.entries(fields).map(([name, field]) => [name, field.initial] as const);
  return { ...initialRequestState(identity, input), ...Object.fromEntries(added) };
}

/** State after a patch that {@link checkPatch} let pass. */
export function applyPatch(state: RequestState, patch: Patch, fields: Fields): RequestState {
  const keys = Object.keys(patch);
  if (keys.length === 0) return state;
  const next: Record<string, unknown> = { ...state };
  for (const key of keys) {
    const value = patch[key];
    if (value === undefined) continue;
    if (appends(key)) next[key] = append(next[key] as readonly unknown[], value as readonly unknown[]);
    else next[key] = reduce(fields[key], next[key], value);
  }
  return next as unknown as RequestState;
}

function append(present: readonly unknown[], added: readonly unknown[]): readonly unknown[] {
  if (added.length === 0) return present;
  return present.length === 0 ? added : [...present, ...added];
}

function reduce(field: StateField | undefined, present: unknown, patch: unknown): unknown {
  return field?.reduce ? field.reduce(present as JsonValue, patch as JsonValue) : patch;
}

const OWN_KEYS: ReadonlySet<string> = new Set(
  Object.keys(initialRequestState({ requestId: "", task: "", acceptedAt: 0 }, null)),
);

// Identity belongs to the runner, the visits and the end too: a node that could move them could skip `log`.
const RUNNERS_OWN = new Set([
  "requestId",
  "task",
  "tenant",
  "user",
  "thread",
  "key",
  "acceptedAt",
  "activeMs",
  "visits",
  "withheld",
  "ended",
]);

/** Whether a name is already a key of the request's state. */
export function isStateKey(name: string): boolean {
  return OWN_KEYS.has(name);
}

/**
 * Refuses, as `STAGE_FAILED`, what an added or replaced node may not return: an unknown key, a key of the runner's, a
 * value that its field's schema refuses, or something that is not JSON.
 */
export function checkPatch(node: string, patch: unknown, fields: Fields): Patch {
  const refuse = (what: string) =>
    new ArmatureError("STAGE_FAILED", `Node "${node}" returned ${what}.`, { stage: node });
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) throw refuse("no patch object");
  for (const [key, value] of Object.entries(patch)) {
    if (RUNNERS_OWN.has(key)) throw refuse(`the key "${key}", which only the runner sets`);
    const field = fields[key];
    if (!field && !OWN_KEYS.has(key)) throw refuse(`the unknown key "${key}"; a plugin or the builder must declare it`);
    if (appends(key) && value !== undefined && !Array.isArray(value)) {
      throw refuse(`"${key}" that is not a list; it holds what is appended`);
    }
    const parsed = field?.schema.safeParse(value);
    if (parsed && !parsed.success) throw refuse(`a value for "${key}" that its schema refuses`);
    if (value !== undefined && jsonCopy(value) === undefined) throw refuse(`a value for "${key}" that is not JSON`);
  }
  return patch as Patch;
}

/**
 * A copy of a value that is JSON, for which each of its parts is read once: what the caller does to the value later, or
 * its getters say later, cannot reach the request. `undefined` where the value would not survive JSON: where it is or holds
 * a function, a date, a class instance, NaN, undefined in a list or a cycle. Throws what its getters throw.
 */
export function jsonCopy(value: unknown, above: Set<object> = new Set()): JsonValue | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "object" || above.has(value) || above.size > 1_000) return undefined;
  above.add(value);
  const copy = Array.isArray(value) ? listCopy(value, above) : objectCopy(value, above);
  above.delete(value);
  return copy;
}

function listCopy(list: readonly unknown[], above: Set<object>): JsonValue | undefined {
  const copy: JsonValue[] = [];
  for (const item of list) {
    const own = jsonCopy(item, above);
    if (own === undefined) return undefined;
    copy.push(own);
  }
  return copy;
}

function objectCopy(object: object, above: Set<object>): JsonValue | undefined {
  const prototype = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const copy: [string, JsonValue][] = [];
  for (const [key, value] of Object.entries(object)) {
    // An absent optional key is how TypeScript spells `undefined`; JSON leaves it out.
    if (value === undefined) continue;
    const own = jsonCopy(value, above);
    if (own === undefined) return undefined;
    copy.push([key, own]);
  }
  // Assigned one by one, a key `__proto__` would be none.
  return Object.fromEntries(copy);
}
