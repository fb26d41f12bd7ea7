import { ArmatureError } from "@armature/contracts";

/** Runs a check and turns what it throws as `CONFIG_INVALID` into problems, so that all of them are told at once. */
export function collect<T>(problems: string[], check: () => T): T | undefined {
  try {
    return check();
  } catch (error) {
    if (!ArmatureError.isInstance(error)) throw error;
    const several = error.facts.details?.problems;
    if (Array.isArray(several)) problems.push(...several.map(String));
    else problems.push(error.message);
    return undefined;
  }
}
