import type { Failure, JsonValue, RequestState } from "@armature/contracts";
import { failure } from "./failure-of.js";
import { sha256 } from "./record.js";
import type { Runtime } from "./services.js";
import { initialState, isJson } from "./state.js";
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
export function accept(
  input: unknown,
  { tenant, user, thread, key }: Whose,
  task: Task,
  runtime: Runtime,
  fields: Fields,
): RequestState {
  const identity = {
    requestId: runtime.ids.next(),
    task: task.name,
    acceptedAt: runtime.clock.now(),
    ...(tenant !== undefined && { tenant }),
    ...(user !== undefined && { user }),
    ...(thread !== undefined && { thread }),
    ...(key !== undefined && { key: sha256(key).slice(0, KEY_DIGITS) }),
  };
  const isReadable = readsAsJson(input);
  const state = initialState(identity, isReadable ? input : null, fields);
  const refused = refusal(isReadable, tenant, runtime);
  return refused ? { ...state, failure: refused } : state;
}

// A getter of the caller's may throw, and a run never rejects.
function readsAsJson(input: unknown): input is JsonValue {
  try {
    return isJson(input);
  } catch {
    return false;
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
