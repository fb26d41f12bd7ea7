import type { Failure } from "@armature/contracts";
import { failure } from "./failure-of.js";
import type { Runtime } from "./services.js";
import { isJson } from "./state.js";

/** Why a request cannot even begin; it goes straight to its record. */
export function refusal(input: unknown, tenant: string | undefined, runtime: Runtime): Failure | undefined {
  if (!isJson(input)) {
    const what = "a function, a date, a class instance, undefined, NaN or a cycle";
    return failure("INPUT_INVALID", `The input is not JSON: it is or holds ${what}.`);
  }
  if (runtime.tenantRequired && !tenant) {
    return failure("TENANT_REQUIRED", "A tenant-scoped plugin or budget is present, and the run names no tenant.");
  }
  return undefined;
}
