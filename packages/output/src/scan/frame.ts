import type { JsonPath, JsonValue } from "@armature/contracts";
import type { Node } from "./node.js";

/** Where the parts of an object or array are. */
export interface Places {
  readonly fields: Map<string, Node>;
  readonly items: Node[];
}

/** An object or array that is being read. The reader uses a frame again for the next one on the same level. */
export class Frame {
  start = 0;
  /** What has been read of an object; null in an array. */
  fields: Record<string, JsonValue> | null = null;
  items: JsonValue[] = NO_ITEMS;
  /** Where the parts are, if that is asked for. */
  places: Places | undefined;
  /** The path of the object or array, once something was to be said about it. */
  path: JsonPath | undefined;
  key = "";
  keyStart = 0;
  /** A bit for each kind of key that was met: a key of another kind is new, and need not be looked up. */
  keyKinds = 0;
  /** `start`: nothing read yet. `comma`: just after one. `value`: a key and colon were read. `after`: a value was. */
  state: "start" | "comma" | "value" | "after" = "start";

  begin(start: number, isObject: boolean, keepsPlaces: boolean): void {
    this.start = start;
    this.fields = isObject ? {} : null;
    this.items = isObject ? NO_ITEMS : [];
    this.places = keepsPlaces ? { fields: new Map(), items: [] } : undefined;
    this.path = undefined;
    this.keyStart = start;
    this.keyKinds = 0;
    this.state = "start";
  }

  /** Lets go of what was read. */
  clear(): void {
    this.fields = null;
    this.items = NO_ITEMS;
    this.places = undefined;
    this.path = undefined;
    this.key = "";
  }

  /** The value under the frame's key, if the key was met before. What `Object.prototype` holds is no field. */
  known(): JsonValue | undefined {
    const { key } = this;
    const kind = 1 << (key.charCodeAt(0) + 5 * key.charCodeAt(key.length - 1) + key.length);
    if ((this.keyKinds & kind) === 0) {
      this.keyKinds |= kind;
      return undefined;
    }
    return Object.hasOwn(this.fields!, key) ? this.fields![key] : undefined;
  }

  /** Puts a value, and where it stands, into an array or under the frame's key, which is new and not `__proto__`. */
  put(value: JsonValue, start: number, end: number, parts: Places | undefined): void {
    if (this.fields === null) this.items.push(value);
    else this.fields[this.key] = value;
    if (this.places === undefined) return;
    const node = nodeOf(value, start, end, parts);
    if (this.fields === null) this.places.items.push(node);
    else this.places.fields.set(this.key, node);
  }
}

/** Objects have none, and nothing is ever put into it. */
const NO_ITEMS: JsonValue[] = [];

/** A value and where it stands, with its parts if they were kept. */
export function nodeOf(value: JsonValue, start: number, end: number, parts: Places | undefined): Node {
  if (parts === undefined) return { value, start, end };
  return Array.isArray(value) ? { value, start, end, items: parts.items } : { value, start, end, fields: parts.fields };
}

/** What is being read, from the root on. Frames are kept for the next text. */
export class Frames {
  depth = 0;
  private readonly all: Frame[] = [];

  get top(): Frame {
    return this.all[this.depth - 1]!;
  }

  open(start: number, isObject: boolean, keepsPlaces: boolean): void {
    if (this.depth === this.all.length) this.all.push(new Frame());
    this.all[this.depth]!.begin(start, isObject, keepsPlaces);
    this.depth += 1;
  }

  /** Lets go of the top, and of what was read in it. */
  close(): void {
    this.depth -= 1;
    this.all[this.depth]!.clear();
  }

  clear(): void {
    while (this.depth > 0) this.close();
  }

  /** The path of the top. What is said about one frame is not worked out again for those within. */
  path(): JsonPath {
    const { all, depth } = this;
    let known = depth - 1;
    while (known > 0 && all[known]!.path === undefined) known -= 1;
    let path = all[known]!.path ?? [];
    all[known]!.path = path;
    for (let level = known + 1; level < depth; level += 1) {
      path = [...path, stepOf(all[level - 1]!)];
      all[level]!.path = path;
    }
    return path;
  }
}

/** The key or index at which a frame stands. */
export function stepOf(frame: Frame): string | number {
  return frame.fields === null ? frame.items.length : frame.key;
}
