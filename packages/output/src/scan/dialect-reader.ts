import type { Change, Issue, JsonPath, JsonValue } from "@armature/contracts";
import { jsonEqual } from "../json-equal.js";
import { readBare } from "./bare.js";
import { skipBlank, skipSpace } from "./blank.js";
import { isEllipsis, type Role } from "./closing.js";
import { type Frame, frameAt, knownValue, nodeOf, pathOf, put, stepOf } from "./frame.js";
import { MAX_CHANGES, MAX_DEPTH, MAX_ISSUES, MAX_PATH_SHARE, type Node, type Reading } from "./node.js";
import { isQuoteCode } from "./quote-marks.js";
import { readQuoted } from "./quoted.js";
import { isEmpty, membersBehind, NONE, once } from "./reading.js";
import { steps } from "./steps.js";

const BARE_KEY = /[\p{L}\p{N}_$][\p{L}\p{N}_$.-]{0,127}/uy;

/** What is kept besides the values: most readings need nothing else, and to keep more costs more than to read twice. */
type Keeps = "values" | "changes" | "places";

/** Reads one object or array in one pass, with its own stack. */
export class DialectReader {
  private readonly frames: Frame[] = [];
  private readonly changes: Change[] = [];
  private readonly issues: Issue[] = [];
  private weak = false;
  private substance = false;
  private strayed = false;
  private departures = 0;
  private pathSteps = 0;
  private pos: number;
  private lastEnd: number;
  private lastWasNumber = false;
  private root: Node | undefined;
  private pathFrame: Frame | undefined;
  private pathStamp: string | number = "";
  private pathShared: JsonPath = NONE;

  constructor(
    private readonly text: string,
    private readonly start: number,
    /** Takes JSON only, odd white space and keys met twice aside, and fails at the first departure from it. */
    private readonly isStrict: boolean,
    private readonly keeps: Keeps = "values",
  ) {
    this.pos = start;
    this.lastEnd = start;
  }

  read(): Reading {
    this.open();
    while (this.root === undefined || this.strayed) {
      if (this.strayed) return this.finish("failed");
      this.skipBlank();
      if (this.pos >= this.text.length) return this.unclosed();
      if (this.departures > MAX_CHANGES || this.pathSteps > MAX_PATH_SHARE * this.text.length) {
        return this.finish("too_many");
      }
      const frame = this.frames[this.frames.length - 1]!;
      const went = frame.fields === null ? this.inArray(frame) : this.inObject(frame);
      if (went !== undefined) return this.finish(went);
    }
    return this.finish("closed");
  }

  /** Reads once more, for the changes. */
  record(): readonly Change[] {
    this.read();
    return this.changes;
  }

  private skipBlank(): void {
    const code = this.text.charCodeAt(this.pos);
    if (code > 47 && code < 128) return;
    this.pos = skipBlank(this.text, this.pos, this.onOdd);
  }

  private readonly onOdd = (kind: "comment" | "white_space", start: number, end: number) =>
    this.note(kind, start, end, kind === "comment" ? "" : " ");

  private inObject(frame: Frame): Reading["status"] | undefined {
    const code = this.text.charCodeAt(this.pos);
    if (frame.state === "value") return this.value(frame, "field");
    if (code === 125 || code === 93) return this.close(frame, code);
    if (code === 44) return this.comma(frame);
    if (isEllipsis(this.text, this.pos, code)) return this.ellipsis(frame);
    if (frame.state === "after") this.missingComma(frame);
    frame.keyStart = this.pos;
    const key = this.key(code);
    if (key === undefined) return "failed";
    if (this.text.charCodeAt(this.pos) !== 58) {
      this.skipBlank();
      if (this.pos >= this.text.length) return undefined;
      if (this.text.charCodeAt(this.pos) !== 58) return "failed";
    }
    this.pos += 1;
    frame.key = key;
    frame.state = "value";
    this.substance = true;
    return undefined;
  }

  private inArray(frame: Frame): Reading["status"] | undefined {
    const code = this.text.charCodeAt(this.pos);
    if (code === 125 || code === 93) return this.close(frame, code);
    if (code === 44) return this.comma(frame);
    if (isEllipsis(this.text, this.pos, code)) return this.ellipsis(frame);
    if (frame.state === "after") this.missingComma(frame);
    return this.value(frame, "item");
  }

  private comma(frame: Frame): undefined {
    if (frame.state !== "after") this.note("extra_comma", this.pos, this.pos + 1, "");
    if (frame.state !== "start") frame.state = "comma";
    this.pos += 1;
  }

  private missingComma(frame: Frame): void {
    this.note("missing_comma", this.lastEnd, this.lastEnd, ",");
    // What was begun after it is not complete when the text ends here.
    frame.state = "comma";
  }

  private ellipsis(frame: Frame): undefined {
    const end = this.pos + (this.text[this.pos] === "." ? 3 : 1);
    this.lossy("ellipsis", "an ellipsis stands for something left out", this.pos, end);
    frame.state = "after";
    this.pos = end;
  }

  private key(code: number): string | undefined {
    if (isQuoteCode(code)) return this.quoted("key");
    BARE_KEY.lastIndex = this.pos;
    const word = BARE_KEY.exec(this.text)?.[0];
    if (word === undefined) return undefined;
    steps.count += word.length;
    this.noteValue("bare_key", this.pos, this.pos + word.length, word);
    this.pos += word.length;
    return word;
  }

  private value(frame: Frame, role: Role): Reading["status"] | undefined {
    const start = this.pos;
    const code = this.text.charCodeAt(start);
    if (code === 123 || code === 91) {
      if (this.frames.length >= MAX_DEPTH) return "too_deep";
      this.open();
      return undefined;
    }
    if (isQuoteCode(code)) {
      if (code === 96 && this.text.startsWith("```", start)) return "failed";
      let value = this.quoted(role);
      const firstEnd = this.pos;
      for (let next = this.concatenated(); next !== undefined; next = this.concatenated()) {
        this.pos = next;
        value += this.quoted(role);
      }
      if (this.pos > firstEnd) this.noteValue("concatenation", start, this.pos, value);
      this.attach(frame, { value, start, end: this.pos });
      return undefined;
    }
    const bare = readBare(this.text, start);
    if (bare.failed) return "failed";
    this.pos = bare.end;
    if (bare.oddity !== undefined) this.noteValue(bare.oddity, start, bare.end, bare.value);
    if (bare.oddity === "bare_string") this.weak ||= frame.fields === null;
    if (bare.lossy !== undefined) this.lossy("lossy_value", bare.lossy, start, bare.end);
    this.attach(frame, { value: bare.value, start, end: bare.end });
    this.lastWasNumber = typeof bare.value === "number" || bare.oddity === "bare_string";
    return undefined;
  }

  /** Where the next quote of `"a" + "b"` stands. */
  private concatenated(): number | undefined {
    const plus = skipSpace(this.text, this.pos);
    if (this.text.charCodeAt(plus) !== 43) return undefined;
    const next = skipSpace(this.text, plus + 1);
    return isQuoteCode(this.text.charCodeAt(next)) ? next : undefined;
  }

  private quoted(role: Role): string {
    const start = this.pos;
    const string = readQuoted(this.text, start, role, this.isStrict);
    this.pos = string.end;
    this.lastEnd = string.end;
    for (const kind of string.oddities) this.noteValue(kind, start, string.end, string.value);
    if (string.doubt !== undefined) this.lossy("ambiguous_quotes", string.doubt, start, string.end);
    if (!string.closed) this.lossy("truncated", "the text ends inside a string", start, string.end);
    return string.value;
  }

  private open(): void {
    this.frames.push(frameAt(this.pos, this.text.charCodeAt(this.pos) === 123, this.keeps === "places"));
    this.pos += 1;
  }

  private close(frame: Frame, code: number): Reading["status"] | undefined {
    const own = frame.fields === null ? 93 : 125;
    if (frame.state === "comma") this.note("trailing_comma", this.lastEnd, this.pos, "");
    this.pos += 1;
    if (code !== own) {
      this.note("mismatched_bracket", this.pos - 1, this.pos, String.fromCharCode(own));
      // The root can only have been meant to end here; further in, the brackets have several readings.
      if (this.frames.length > 1) this.lossy("brackets", "the brackets do not match", this.pos - 1, this.pos);
    }
    this.frames.pop();
    const node = nodeOf(frame, this.pos);
    const parent = this.frames[this.frames.length - 1];
    if (parent === undefined) this.root = node;
    else this.attach(parent, node);
    this.lastWasNumber = false;
    return undefined;
  }

  private attach(frame: Frame, node: Node): void {
    this.lastEnd = node.end;
    this.lastWasNumber = false;
    if (frame.fields === null) put(frame, node);
    else this.attachField(frame, node);
    frame.state = "after";
  }

  private attachField(frame: Frame, node: Node): void {
    if (frame.key === "__proto__") {
      this.lossy("unsafe_key", "the key __proto__ is not accepted", frame.keyStart, node.end);
      return;
    }
    const known = knownValue(frame);
    if (known === undefined) put(frame, node);
    else if (jsonEqual(known, node.value)) this.note("duplicate_key", frame.keyStart, node.end, "");
    else this.lossy("duplicate_key", `the key ${frame.key} has two different values`, frame.keyStart, node.end);
  }

  private unclosed(): Reading {
    const last = this.frames[this.frames.length - 1]!;
    const clean = this.issues.length === 0 && !this.lastWasNumber && last.state === "after";
    const lastBraceOnly = clean && this.frames.length === 1 && last.fields !== null;
    while (this.root === undefined) {
      const node = nodeOf(this.frames.pop()!, this.text.length);
      const parent = this.frames[this.frames.length - 1];
      if (parent === undefined) this.root = node;
      else if (parent.fields === null || (parent.key !== "__proto__" && knownValue(parent) === undefined)) {
        put(parent, node);
      }
    }
    return this.finish("unclosed", lastBraceOnly);
  }

  private finish(status: Reading["status"], lastBraceOnly = false): Reading {
    const { text, start, isStrict, substance } = this;
    const node = this.root ?? { value: null, start, end: this.pos };
    return {
      status,
      node,
      parts:
        this.keeps === "places"
          ? () => node
          : once(() => new DialectReader(text, start, isStrict, "places").read().node),
      lastBraceOnly,
      substance,
      weak: this.weak || isEmpty(node.value),
      changes: this.listing(),
      issues: status === "closed" ? this.issues.concat(membersBehind(text, node.end)) : this.issues,
    };
  }

  private listing(): () => readonly Change[] {
    const { text, start, isStrict, departures, changes } = this;
    if (departures === changes.length) return () => changes;
    return once(() => new DialectReader(text, start, isStrict, "changes").record());
  }

  private note(kind: string, start: number, end: number, after: string): void {
    if (this.isStrict && kind !== "duplicate_key" && kind !== "white_space") {
      this.strayed = true;
      return;
    }
    this.departures += 1;
    // An upper bound, and the same in each reading.
    this.pathSteps += this.frames.length;
    if (this.keeps !== "changes") return;
    const before = this.text.slice(start, end);
    this.changes.push({ kind, class: "lossless", path: this.path(), span: { start, end }, before, after });
  }

  /** Where a value stands for what was written. */
  private noteValue(kind: string, start: number, end: number, value: JsonValue): void {
    this.note(kind, start, end, this.keeps === "changes" ? JSON.stringify(value) : "");
  }

  private lossy(kind: string, message: string, start: number, end: number): void {
    if (this.issues.length >= MAX_ISSUES) return;
    this.issues.push({ kind, path: this.path(), message, span: { start, end } });
  }

  /** Several changes at one place share their path. */
  private path(): JsonPath {
    const frame = this.frames[this.frames.length - 1];
    if (frame === undefined) return NONE;
    const stamp = frame.fields === null ? frame.items.length : frame.state === "value" ? frame.key : "";
    if (frame === this.pathFrame && stamp === this.pathStamp) return this.pathShared;
    const own = pathOf(this.frames);
    const isInside = frame.fields === null || frame.state === "value";
    this.pathShared = isInside ? [...own, stepOf(frame)] : own;
    this.pathFrame = frame;
    this.pathStamp = stamp;
    steps.count += this.pathShared.length;
    return this.pathShared;
  }
}
