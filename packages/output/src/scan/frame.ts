import type { JsonPath, JsonValue } from "@armature/contracts";
import type { Node } from "./node.js";

/** An object or array that is being read. */
export interface Frame {
  readonly start: number;
  /** What has been read of an object; null in an array. */
  readonly fields: Record<string, JsonValue> | null;
  readonly items: JsonValue[];
  /** Where the parts are, if that is asked for. */
  readonly places: Places | undefined;
  /** The path of the object or array, once something was to be said about it. */
  path: JsonPath | undefined;
  key: string;
  keyStart: number;
  /** `start`: nothing read yet. `comma`: just after one. `value`: a key and colon were read. `after`: a value was. */
  state: "start" | "comma" | "value" | "after";
}

interface Places {
  readonly fields: Map<string, Node>;
  readonly items: Node[];
}

export function frameAt(start: number, isObject: boolean, keepsPlaces: boolean): Frame {
  return {
    start,
    fields: isObject ? {} : null,
    items: isObject ? NO_ITEMS : [],
    places: keepsPlaces ? { fields: new Map(), items: [] } : undefined,
    path: undefined,
    key: "",
    keyStart: start,
    state: "start",
  };
}

/** Objects have none, and nothing is ever put into it. */
const NO_ITEMS: JsonValue[] = [];

/** The value under the frame's key, if the key was met before. What `Object.prototype` holds is no field. */
export function knownValue(frame: Frame): JsonValue | undefined {
  const known = frame.fields![frame.key];
  return known === undefined || Object.hasOwn(frame.fields!, frame.key) ? known : undefined;
}

/** Puts a value, and where it stands, into an array or under the frame's key, which is new and not `__proto__`. */
export function put(frame: Frame, node: Node): void {
  if (frame.fields === null) {
    frame.items.push(node.value);
    frame.places?.items.push(node);
  } else {
    frame.fields[frame.key] = node.value;
    frame.places?.fields.set(frame.key, node);
  }
}

/** What was read, up to `end`. */
export function nodeOf(frame: Frame, end: number): Node {
  const { start, fields, items, places } = frame;
  const value = fields ?? items;
  if (places === undefined) return { value, start, end };
  return fields === null ? { value, start, end, items: places.items } : { value, start, end, fields: places.fields };
}

/** The paths of the frames, each a step below the one before it. */
export function pathOf(frames: readonly Frame[]): JsonPath {
  let known = frames.length - 1;
  while (known > 0 && frames[known]!.path === undefined) known -= 1;
  let path = frames[known]!.path ?? [];
  frames[known]!.path = path;
  for (let level = known + 1; level < frames.length; level += 1) {
    path = [...path, stepOf(frames[level - 1]!)];
    frames[level]!.path = path;
  }
  return path;
}

/** The key or index at which a frame stands. */
export function stepOf(frame: Frame): string | number {
  return frame.fields === null ? frame.items.length : frame.key;
}
