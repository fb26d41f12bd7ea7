import { ArmatureError } from "@armature/contracts";

/**
 * The pattern of a JSON Schema: with the flag `u`, as the standard has it, and without where it is none with it.
 *
 * @throws ArmatureError `CONFIG_INVALID` where it is none at all
 */
export function patternOf(pattern: string): RegExp {
  try {
    return new RegExp(pattern, "u");
  } catch {
    return withoutFlag(pattern);
  }
}

function withoutFlag(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch (cause) {
    const message = `The pattern ${pattern} of the JSON Schema is no regular expression: ${(cause as Error).message}`;
    throw new ArmatureError("CONFIG_INVALID", message, { cause });
  }
}
