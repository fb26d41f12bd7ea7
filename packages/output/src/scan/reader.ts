import type { Issue, JsonPath, JsonValue } from "@armature/contracts";
import { jsonEqual } from "../json-equal.js";
import { readBare } from "./bare.js";
import { skipBlank, skipSpace } from "./blank.js";
import { MAX_DEPTH, type Node, type Reading, type SyntaxChange } from "./node.js";
import { ahead, isQuote, type Role, readQuoted } from "./quoted.js";

interface Frame {
  readonly start: number;
  readonly fields: Map<string, Node> | null;
  readonly items: Node[];
  key: string;
  keyStart: number;
  /** `start`: nothing read yet. `comma`: just after one. `value`: a key and colon were read. `after`: a value was. */
  state: "start" | "comma" | "value" | "after";
}

const MORE_MEMBERS = /\s{0,50},\s{0,50}["']/y;
const BARE_KEY = /[\p{L}\p{N}_$][\p{L}\p{N}_$.-]{0,127}/uy;

/**
 * Reads the object or array that starts at `start` in the dialect that models write. One pass over the text with its
 * own stack; a lookahead is bounded or over white space only, so the work is linear.
 */
export function readJson(text: string, start: number): Reading {
  const plain = new Reader(text, start, true).read();
  // What is plain JSON is read as such; only what is not may need to be interpreted.
  return plain.status === "closed" || plain.status === "too_deep" ? plain : new Reader(text, start, false).read();
}

class Reader {
  private readonly frames: Frame[] = [];
  private readonly changes: SyntaxChange[] = [];
  private readonly issues: Issue[] = [];
  private weak = false;
  private substance = false;
  private strayed = false;
  private pos: number;
  private lastEnd: number;
  private lastWasNumber = false;
  private root: Node | undefined;
  private pathFrame: Frame | undefined;
  private pathStamp: string | number = "";
  private pathShared: JsonPath = [];

  constructor(
    private readonly text: string,
    private readonly start: number,
    /** Takes plain JSON only and fails at the first departure from it. */
    private readonly isStrict: boolean,
  ) {
    this.pos = start;
    this.lastEnd = start;
  }

  read(): Reading {
    this.open();
    while (this.root === undefined || this.strayed) {
      if (this.strayed) return this.finish("failed");
      this.pos = skipBlank(this.text, this.pos, (from, to) => this.note("comment", from, to, ""));
      if (this.pos >= this.text.length) return this.unclosed();
      const frame = this.frames[this.frames.length - 1]!;
      const went = frame.fields === null ? this.inArray(frame) : this.inObject(frame);
      if (went !== undefined) return this.finish(went);
    }
    return this.finish("closed");
  }

  private inObject(frame: Frame): Reading["status"] | undefined {
    const char = this.text[this.pos]!;
    if (frame.state === "value") return this.value(frame, "field");
    if (char === "}" || char === "]") return this.close(frame, char);
    if (char === ",") return this.comma(frame);
    if (this.text.startsWith("...", this.pos) || char === "\u2026") return this.ellipsis(frame);
    if (frame.state === "after") this.missingComma();
    frame.keyStart = this.pos;
    const key = this.key();
    if (key === undefined) return "failed";
    this.pos = skipBlank(this.text, this.pos);
    if (this.pos >= this.text.length) return undefined;
    if (this.text[this.pos] !== ":") return "failed";
    this.pos += 1;
    frame.key = key;
    frame.state = "value";
    this.substance = true;
    return undefined;
  }

  private inArray(frame: Frame): Reading["status"] | undefined {
    const char = this.text[this.pos]!;
    if (char === "}" || char === "]") return this.close(frame, char);
    if (char === ",") return this.comma(frame);
    if (this.text.startsWith("...", this.pos) || char === "\u2026") return this.ellipsis(frame);
    if (frame.state === "after") this.missingComma();
    return this.value(frame, "item");
  }

  private comma(frame: Frame): undefined {
    if (frame.state !== "after") this.note("extra_comma", this.pos, this.pos + 1, "");
    frame.state = "comma";
    this.pos += 1;
  }

  private missingComma(): void {
    this.note("missing_comma", this.lastEnd, this.lastEnd, ",");
  }

  private ellipsis(frame: Frame): undefined {
    const end = this.pos + (this.text[this.pos] === "." ? 3 : 1);
    this.lossy("ellipsis", "an ellipsis stands for something left out", this.pos, end);
    frame.state = "after";
    this.pos = end;
  }

  private key(): string | undefined {
    if (isQuote(this.text[this.pos]!)) return this.quoted("key");
    BARE_KEY.lastIndex = this.pos;
    const word = BARE_KEY.exec(this.text)?.[0];
    if (word === undefined) return undefined;
    this.note("bare_key", this.pos, this.pos + word.length, JSON.stringify(word));
    this.pos += word.length;
    return word;
  }

  private value(frame: Frame, role: Role): Reading["status"] | undefined {
    const char = this.text[this.pos]!;
    const start = this.pos;
    if (char === "{" || char === "[") {
      if (this.frames.length >= MAX_DEPTH) return "too_deep";
      this.open();
      return undefined;
    }
    if (this.text.startsWith("```", start)) return "failed";
    if (isQuote(char)) {
      let value = this.quoted(role);
      for (let next = this.concatenated(); next !== undefined; next = this.concatenated()) {
        this.note("concatenation", this.lastEnd, next, "");
        this.pos = next;
        value += this.quoted(role);
      }
      this.attach(frame, { value, start, end: this.pos });
      return undefined;
    }
    const bare = readBare(this.text, this.pos);
    if (bare.failed) return "failed";
    this.pos = bare.end;
    if (bare.oddity !== undefined) this.note(bare.oddity, start, bare.end, JSON.stringify(bare.value));
    if (bare.oddity === "bare_string") this.weak ||= frame.fields === null;
    if (bare.lossy !== undefined) this.lossy("lossy_value", bare.lossy, start, bare.end);
    this.attach(frame, { value: bare.value, start, end: bare.end });
    this.lastWasNumber = typeof bare.value === "number" || bare.oddity === "bare_string";
    return undefined;
  }

  /** Where the next quote of `"a" + "b"` stands. */
  private concatenated(): number | undefined {
    const plus = skipSpace(this.text, this.pos);
    if (this.text[plus] !== "+") return undefined;
    const next = skipSpace(this.text, plus + 1);
    return isQuote(this.text[next] ?? "") ? next : undefined;
  }

  private quoted(role: Role): string {
    const start = this.pos;
    const string = readQuoted(this.text, start, role, this.isStrict);
    this.pos = string.end;
    this.lastEnd = string.end;
    for (const kind of string.oddities) this.note(kind, start, string.end, JSON.stringify(string.value));
    if (string.doubt !== undefined) this.lossy("ambiguous_quotes", string.doubt, start, string.end);
    if (!string.closed) this.lossy("truncated", "the text ends inside a string", start, string.end);
    return string.value;
  }

  private open(): void {
    const isObject = this.text[this.pos] === "{";
    this.frames.push({
      start: this.pos,
      fields: isObject ? new Map() : null,
      items: [],
      key: "",
      keyStart: this.pos,
      state: "start",
    });
    this.pos += 1;
  }

  private close(frame: Frame, char: "}" | "]"): Reading["status"] | undefined {
    const own = frame.fields === null ? "]" : "}";
    if (frame.state === "comma") this.note("trailing_comma", this.lastEnd, this.pos, "");
    this.pos += 1;
    if (char !== own) {
      this.note("mismatched_bracket", this.pos - 1, this.pos, own);
      // The root can only have been meant to end here; further in, the brackets have several readings.
      if (this.frames.length > 1) this.lossy("brackets", "the brackets do not match", this.pos - 1, this.pos);
    }
    this.frames.pop();
    const node = build(frame, this.pos);
    const parent = this.frames[this.frames.length - 1];
    if (parent === undefined) this.root = node;
    else this.attach(parent, node);
    this.lastWasNumber = false;
    return undefined;
  }

  private attach(frame: Frame, node: Node): void {
    this.lastEnd = node.end;
    this.lastWasNumber = false;
    if (frame.fields === null) {
      frame.items.push(node);
    } else {
      const known = frame.fields.get(frame.key);
      if (frame.key === "__proto__") {
        this.lossy("unsafe_key", "the key __proto__ is not accepted", frame.keyStart, node.end);
      } else if (known === undefined) {
        frame.fields.set(frame.key, node);
      } else if (jsonEqual(known.value, node.value)) {
        this.note("duplicate_key", frame.keyStart, node.end, "");
      } else {
        this.lossy("duplicate_key", `the key ${frame.key} has two different values`, frame.keyStart, node.end);
      }
    }
    frame.state = "after";
  }

  private unclosed(): Reading {
    const last = this.frames[this.frames.length - 1]!;
    const clean = this.issues.length === 0 && !this.lastWasNumber && last.state === "after";
    const lastBraceOnly = clean && this.frames.length === 1 && last.fields !== null;
    while (this.root === undefined) {
      const frame = this.frames.pop()!;
      const node = build(frame, this.text.length);
      const parent = this.frames[this.frames.length - 1];
      if (parent === undefined) this.root = node;
      else if (parent.fields === null) parent.items.push(node);
      else if (!parent.fields.has(parent.key)) parent.fields.set(parent.key, node);
    }
    return { ...this.finish("unclosed"), lastBraceOnly };
  }

  private finish(status: Reading["status"]): Reading {
    if (status === "closed" && ahead(MORE_MEMBERS, this.text, this.pos)) {
      this.lossy("brackets", "more members follow the closing bracket", this.pos, this.pos + 1);
    }
    const node = this.root ?? { value: null, start: this.start, end: this.pos };
    const isEmpty = node.fields?.size === 0 || node.items?.length === 0;
    const { changes, issues } = this;
    return {
      status,
      node,
      lastBraceOnly: false,
      substance: this.substance,
      weak: this.weak || isEmpty,
      changes,
      issues,
    };
  }

  private note(kind: string, start: number, end: number, after: string): void {
    if (this.isStrict && kind !== "duplicate_key") {
      this.strayed = true;
      return;
    }
    this.changes.push({ kind, start, end, after, path: this.path() });
  }

  private lossy(kind: string, message: string, start: number, end: number): void {
    this.issues.push({ kind, path: this.path(), message, span: { start, end } });
  }

  /** Several changes at one place share their path. */
  private path(): JsonPath {
    const frame = this.frames[this.frames.length - 1];
    const stamp = frame?.fields === null ? frame.items.length : frame?.state === "value" ? frame.key : "";
    if (frame === this.pathFrame && stamp === this.pathStamp) return this.pathShared;
    const path: (string | number)[] = [];
    for (const frame of this.frames) {
      if (frame.fields === null) path.push(frame.items.length);
      else if (frame.state === "value") path.push(frame.key);
    }
    this.pathFrame = frame;
    this.pathStamp = stamp;
    this.pathShared = path;
    return path;
  }
}

function build(frame: Frame, end: number): Node {
  if (frame.fields === null) {
    return { value: frame.items.map((item) => item.value), start: frame.start, end, items: frame.items };
  }
  const value: Record<string, JsonValue> = {};
  for (const [key, field] of frame.fields) if (key !== "__proto__") value[key] = field.value;
  return { value, start: frame.start, end, fields: frame.fields };
}
