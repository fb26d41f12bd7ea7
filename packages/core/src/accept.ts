import type { Failure, JsonValue, RequestState } from "@armature/contracts";
import { failure } from "./failure-of.js";
import type { Runtime } from "./services.js";
import { sha256 } from "./sha256.js";
import { initialState, jsonCopy } from "./state.js";
import type { Fields } from "./table.js";
import type { Task } from "./task.js";

/** Whose request it is. */
export interface Whose {
  readonly tenant?: string;
  readonly user?: string;
  /** The conversation that it belongs to; without one nothing is remembered. */
  readonly thread?: string;
  /** The API key that the request came with, for budgets that count by it; only its digest is kept. */
  readonly key?: string;
}

/** Enough of the digest to tell keys apart. */
const KEY_DIGITS = 16;

/** The state in which a request begins; one that cannot begin has its failure and goes straight to its record. */
export function accept(input: unknown, options: unknown, task: Task, runtime: Runtime, fields: Fields): RequestState {
  const { whose, wrong } = readWhose(options);
  const { tenant, user, thread, key } = whose;
  const identity = {
    requestId: runtime.ids.next(),
    // What is no task has its failure from `prepare`.
    task: String(task?.name),
    acceptedAt: runtime.clock.now(),
    ...(tenant !== undefined && { tenant }),
    ...(user !== undefined && { user }),
    ...(thread !== undefined && { thread }),
    ...(key !== undefined && { key: sha256(key).slice(0, KEY_DIGITS) }),
  };
  const own = readInput(input);
  const state = initialState(identity, own ?? null, fields);
  const refused = wrong ? failure("INPUT_INVALID", wrong) : refusal(own !== undefined, tenant, runtime);
  return refused ? { ...state, failure: refused } : state;
}

// No encoding but UTF-16 has it: two names that differ in it alone would be one on the disk.
const HALF_CHARACTER = /\p{Surrogate}/u;

const WHOSE = ["tenant", "user", "thread", "key"] as const;

// A caller in JavaScript may give anything, and a run never rejects.
function readWhose(options: unknown): { readonly whose: Whose; readonly wrong?: string } {
  if (typeof options !== "object" || options === null) return { whose: {}, wrong: "The options are no object." };
  const whose: { -readonly [Name in keyof Whose]: Whose[Name] } = {};
  const wrong: string[] = [];
  for (const name of WHOSE) {
    const value = (options as { readonly [name: string]: unknown })[name];
    if (typeof value === "string" && !HALF_CHARACTER.test(value)) whose[name] = value;
    else if (value !== undefined) wrong.push(`The option "${name}" must be a text, and is ${typeName(value)}.`);
  }
  const { signal } = options as { readonly signal?: unknown };
  if (signal !== undefined && signal !== null && !(signal instanceof AbortSignal)) {
    wrong.push('The option "signal" must be an AbortSignal, such as the `signal` of an AbortController.');
  }
  return wrong.length > 0 ? { whose, wrong: wrong.join(" ") } : { whose };
}

function typeName(value: unknown): string {
  if (typeof value === "string") return "one with half a character";
  return value === null ? "null" : `of type ${typeof value}`;
}

// A getter of the caller's may throw.
function readInput(input: unknown): JsonValue | undefined {
  try {
    return jsonCopy(input);
  } catch {
    return undefined;
  }
}

function refusal(isReadable: boolean, tenant: string | undefined, runtime: Runtime): Failure | undefined {
  if (!isReadable) {
    const what =
      "a function, a date, a class instance, undefined, NaN, a cycle, a getter that throws, or over 1000 levels";
    return failure("INPUT_INVALID", `The input is not JSON: it is or holds ${what}.`);
  }
  if (runtime.tenantRequired && !tenant) {
    return failure("TENANT_REQUIRED", "A tenant-scoped plugin or budget is present, and the run names no tenant.");
  }
  return undefined;
}
