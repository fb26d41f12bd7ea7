import type { JsonPath, JsonValue } from "@armature/contracts";
import { resolve, type Shape } from "../coerce/shape.js";
import { interpretBare } from "../scan/bare.js";
import { isSpace } from "../scan/blank.js";
import { MAX_DEPTH } from "../scan/node.js";

interface Frame {
  readonly container: JsonValue[] | Map<string, Slot>;
  readonly shape: Shape;
  key: string | undefined;
  /** An object waits for a key, a colon or a value; an array only for values. `after` waits for a comma or its end. */
  state: "key" | "colon" | "value" | "after";
}

/** A map stands for an object while it grows, so that no key of the text can reach a prototype. */
type Slot = JsonValue | Slot[] | Map<string, Slot>;

/**
 * Reads one object or array that comes in pieces. Each character is looked at once, so the work is linear in the
 * text however it is cut. Where the text leaves plain JSON (beyond single quotes, bare keys and Python's literals) it
 * stops growing and leaves the rest to the full parser.
 */
export class PartialParser {
  private readonly frames: Frame[] = [];
  private root: Slot | undefined;
  private text:
    | { quote: string; role: "key" | "value"; held: boolean; parts: string; escape: string | null }
    | undefined;
  private word: string | undefined;
  status: "reading" | "closed" | "stalled" = "reading";

  constructor(private readonly shape: Shape) {}

  /** Nothing has been read into it yet. */
  get isEmpty(): boolean {
    return (
      this.root === undefined || (this.root instanceof Map ? this.root.size === 0 : (this.root as Slot[]).length === 0)
    );
  }

  /** Takes one character; the first must open the object or array. */
  take(char: string): void {
    if (this.status !== "reading") return;
    if (this.text !== undefined) this.inText(char);
    else if (this.word !== undefined && !this.endsWord(char)) this.word += char;
    else this.structure(char);
  }

  /** A copy of what is known so far, and the paths of what still grows, outermost first. */
  snapshot(): { value: JsonValue | undefined; growing: readonly JsonPath[] } {
    const value = this.root === undefined ? undefined : plain(this.root);
    if (this.status === "closed") return { value, growing: [] };
    const growing: JsonPath[] = [];
    const path: (string | number)[] = [];
    for (const frame of this.frames) {
      growing.push([...path]);
      if (Array.isArray(frame.container))
        path.push(Math.max(0, frame.container.length - (frame.state === "after" ? 1 : 0)));
      else if (frame.key !== undefined) path.push(frame.key);
    }
    const shown = this.shownText();
    if (shown === undefined || value === undefined) return { value, growing };
    return { value: put(value, path, shown), growing: [...growing, path] };
  }

  private shownText(): string | undefined {
    const text = this.text;
    return text === undefined || text.role === "key" || text.held ? undefined : text.parts;
  }

  private structure(char: string): void {
    if (isSpace(char.charCodeAt(0))) return;
    const frame = this.frames[this.frames.length - 1];
    if (frame === undefined) {
      if (char === "{" || char === "[") this.open(char, this.shape);
      else this.status = "stalled";
      return;
    }
    if (char === "}" || char === "]") {
      if (
        (char === "]") !== Array.isArray(frame.container) ||
        (frame.state === "value" && !Array.isArray(frame.container))
      )
        this.status = "stalled";
      else this.close();
    } else if (frame.state === "after") {
      if (char !== ",") this.status = "stalled";
      frame.state = Array.isArray(frame.container) ? "value" : "key";
    } else if (frame.state === "colon") {
      if (char !== ":") this.status = "stalled";
      frame.state = "value";
    } else if (frame.state === "key") {
      if (char === '"' || char === "'") this.text = { quote: char, role: "key", held: true, parts: "", escape: null };
      else if (/[\p{L}_$]/u.test(char)) this.word = char;
      else this.status = "stalled";
    } else this.value(frame, char);
  }

  private value(frame: Frame, char: string): void {
    const shape = this.childShape(frame);
    if (char === "{" || char === "[") this.open(char, shape);
    else if (char === '"' || char === "'") {
      const held = shape.enum !== undefined || shape.const !== undefined || shape.type !== "string";
      this.text = { quote: char, role: "value", held, parts: "", escape: null };
    } else if (/[\w.+-]/.test(char)) this.word = char;
    else this.status = "stalled";
  }

  private inText(char: string): void {
    const text = this.text!;
    if (text.escape !== null) {
      text.escape += char;
      if (text.escape[0] === "u" && text.escape.length < 5) return;
      const json = `"\\${text.escape}"`;
      text.escape = null;
      try {
        text.parts += JSON.parse(json) as string;
      } catch {
        this.status = "stalled";
      }
    } else if (char === "\\") text.escape = "";
    else if (char === text.quote) {
      this.text = undefined;
      const frame = this.frames[this.frames.length - 1]!;
      if (text.role === "value") this.attach(frame, text.parts);
      else {
        frame.key = text.parts;
        frame.state = "colon";
      }
    } else text.parts += char;
  }

  private endsWord(char: string): boolean {
    if (/[\w.+-]/.test(char)) return false;
    const word = this.word!;
    this.word = undefined;
    const frame = this.frames[this.frames.length - 1]!;
    if (frame.state === "key") {
      frame.key = word;
      frame.state = "colon";
      return true;
    }
    const bare = interpretBare(word);
    if (bare.lossy !== undefined || bare.oddity === "bare_string") this.status = "stalled";
    else this.attach(frame, bare.value);
    return true;
  }

  private open(char: string, shape: Shape): void {
    if (this.frames.length >= MAX_DEPTH) {
      this.status = "stalled";
      return;
    }
    const container: Frame["container"] = char === "[" ? [] : new Map();
    const parent = this.frames[this.frames.length - 1];
    if (parent === undefined) this.root = container as Slot;
    else this.attach(parent, container as Slot);
    this.frames.push({
      container,
      shape: resolve(shape, this.shape),
      key: undefined,
      state: char === "[" ? "value" : "key",
    });
  }

  private close(): void {
    this.frames.pop();
    if (this.frames.length === 0) this.status = "closed";
  }

  private attach(frame: Frame, value: Slot): void {
    if (Array.isArray(frame.container)) (frame.container as Slot[]).push(value);
    else if (frame.container.has(frame.key!) || frame.key === "__proto__") this.status = "stalled";
    else frame.container.set(frame.key!, value);
    frame.state = "after";
  }

  private childShape(frame: Frame): Shape {
    const { shape } = frame;
    if (Array.isArray(frame.container)) {
      const item = shape.prefixItems?.[frame.container.length] ?? shape.items;
      return typeof item === "object" ? resolve(item, this.shape) : {};
    }
    const known = shape.properties !== undefined && Object.hasOwn(shape.properties, frame.key!);
    const field = known ? shape.properties![frame.key!] : shape.additionalProperties;
    return typeof field === "object" ? resolve(field, this.shape) : {};
  }
}

/** Depth is bounded by the parser. */
function plain(slot: Slot): JsonValue {
  if (slot instanceof Map) return Object.fromEntries([...slot].map(([key, value]) => [key, plain(value)]));
  return Array.isArray(slot) ? (slot as Slot[]).map(plain) : (slot as JsonValue);
}

function put(root: JsonValue, path: JsonPath, value: string): JsonValue {
  let node = root as { [key: string | number]: JsonValue };
  for (const key of path.slice(0, -1)) node = node[key] as { [key: string | number]: JsonValue };
  Object.defineProperty(node, path[path.length - 1]!, { value, enumerable: true, configurable: true, writable: true });
  return root;
}
