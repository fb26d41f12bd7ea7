import type { JsonPath, JsonValue } from "@armature/contracts";
import type { DeepPartial } from "./deep-partial.js";

/** The state of an answer that is being written. `value` and `growing` are JSON; they may be sent on as they are. */
export interface OutputSnapshot<T> {
  /**
   * What has come so far, frozen; undefined before the answer begins. It has the types of the schema's input, but only
   * the whole answer is validated.
   */
  readonly value: DeepPartial<T> | undefined;
  /**
   * The paths that may still grow, each inside the one before it; every other part of `value` is complete. Empty when
   * the whole is.
   */
  readonly growing: readonly JsonPath[];
  /** Whether the part at `path` has come and will not change within this attempt. */
  complete(path: JsonPath): boolean;
}

/** A snapshot of `value`, whose still growing parts are the first `open` places on the way to `tip`. */
export function snapshotOf<T>(value: JsonValue | undefined, tip: JsonPath, open: number): OutputSnapshot<T> {
  return new Snapshot<T>(value, tip, open);
}

class Snapshot<T> implements OutputSnapshot<T> {
  readonly value: DeepPartial<T> | undefined;
  readonly growing: readonly JsonPath[];

  constructor(value: JsonValue | undefined, tip: JsonPath, open: number) {
    this.value = value as DeepPartial<T> | undefined;
    const growing: JsonPath[] = [];
    for (let depth = 0; depth < open; depth += 1) growing.push(tip.slice(0, depth));
    this.growing = growing;
  }

  complete(path: JsonPath): boolean {
    let node: unknown = this.value;
    for (const key of path) {
      if (typeof node !== "object" || node === null || !Object.hasOwn(node, key)) return false;
      node = (node as Record<string | number, unknown>)[key];
    }
    return node !== undefined && !samePath(this.growing[path.length], path);
  }
}

function samePath(left: JsonPath | undefined, right: JsonPath): boolean {
  return left?.every((key, index) => key === right[index]) ?? false;
}

/**
 * Whether `json` is what a snapshot was growing into: complete parts are as they were shown, growing texts begin and
 * growing lists start with what was shown. Keys that the snapshot does not have may be there.
 */
export function leadsTo(snapshot: Pick<OutputSnapshot<unknown>, "value" | "growing">, json: JsonValue): boolean {
  const { value, growing } = snapshot;
  const tip = growing[growing.length - 1] ?? [];
  return value === undefined || begins(value as JsonValue, json, { tip, open: growing.length }, 0);
}

/** `depth` is that of a place on the way to the tip; undefined beside it, where everything is complete. */
function begins(
  shown: JsonValue,
  json: JsonValue,
  spine: { readonly tip: JsonPath; readonly open: number },
  depth: number | undefined,
): boolean {
  const grows = depth !== undefined && depth < spine.open;
  if (typeof shown !== "object" || shown === null) {
    return typeof shown === "string" && typeof json === "string" && grows ? json.startsWith(shown) : shown === json;
  }
  if (typeof json !== "object" || json === null || Array.isArray(shown) !== Array.isArray(json)) return false;
  const below = (key: string | number) => (grows && spine.tip[depth] === key ? depth + 1 : undefined);
  if (Array.isArray(shown)) {
    const list = json as readonly JsonValue[];
    if (list.length < shown.length || (!grows && list.length > shown.length)) return false;
    return shown.every((item, index) => begins(item, list[index]!, spine, below(index)));
  }
  return Object.keys(shown).every(
    (key) =>
      Object.hasOwn(json, key) && begins(shown[key]!, (json as { [key: string]: JsonValue })[key]!, spine, below(key)),
  );
}

/** The text without a half of a surrogate pair at its end, of which the other half is still to come. */
export function wholeCharacters(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}
