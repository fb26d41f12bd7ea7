import type { JsonObject, JsonValue } from "@armature/contracts";
import { jsonEqual } from "../json-equal.js";
import { interpretBare } from "../scan/bare.js";
import { isSpace } from "../scan/blank.js";
import { MAX_DEPTH } from "../scan/node.js";
import { fitted } from "./fit.js";
import { GrowingText } from "./growing-text.js";
import { nameOf, narrowed, nullIsAbsent, type Place, type Places } from "./place.js";
import { type OutputSnapshot, snapshotOf, wholeCharacters } from "./snapshot.js";

interface Frame {
  readonly container: JsonValue[] | JsonObject;
  readonly isList: boolean;
  /** Where the container stands; undefined where the schema leaves it out. */
  readonly place: Place | undefined;
  /** Shown as it grows. Otherwise it is judged as a whole when it is closed. */
  readonly isShown: boolean;
  /** What the container may be; fewer once a discriminator has come. */
  shapes: readonly Shape[];
  key: string;
  /** `start`: nothing read yet. `colon`: a key was read. `value`: its colon too. `after`: a value. `comma`: just that. */
  state: "start" | "colon" | "value" | "after" | "comma";
  /** Where the next value goes, once its key is known; undefined where the schema leaves it out. */
  child: Place | undefined;
  hasBareKeys: boolean;
}

type Shape = Place["shape"];

type Mode = "structure" | "text" | "word" | "key" | "slash" | "line_comment" | "block_comment";

const KEY_CHARACTER = /[\p{L}\p{N}_$.-]/u;

/**
 * Reads one object, array or text that comes in pieces. A character is looked at once, so the work is linear in the
 * text however it is cut. It follows the dialect of the full reader as far as one character ahead decides; where more
 * would be needed it stops to grow, and where a value breaks the schema it shows nothing further: the full reader
 * judges the whole.
 */
export class PartialParser {
  /**
   * `failed`: this is no JSON, or none that can be read a character at a time. `stopped`: it nests too deep for
   * anything after it to be read.
   */
  status: "reading" | "closed" | "failed" | "stopped" = "reading";
  /** A key with its colon was read, so this was meant as JSON. */
  hasSubstance = false;
  /** Bare words in a list: it could as well be prose in brackets. */
  isWeak = false;
  /** Characters looked at, and calls that looked at none. */
  steps = 0;
  private mode: Mode = "structure";
  private readonly frames: Frame[] = [];
  private root: JsonValue | undefined;
  private text: GrowingText | undefined;
  private word = "";
  /** The text before ended in an asterisk, which may end the comment. */
  private star = false;
  /** What is shown from where the schema was broken on. */
  private frozen: OutputSnapshot<unknown> | undefined;

  constructor(private readonly places: Places) {}

  /** Takes `text` from `from` on, the first time at the bracket or quote that opens; says where it stopped. */
  feed(text: string, from: number): number {
    let pos = from;
    while (pos < text.length && this.status === "reading") {
      const next = this.advance(text, pos);
      this.steps += next - pos + 1;
      pos = next;
    }
    return pos;
  }

  snapshot(): OutputSnapshot<unknown> {
    if (this.frozen !== undefined) return this.frozen;
    if (this.status === "closed") return snapshotOf(this.root, [], 0);
    const shown = this.frames.findLastIndex((frame) => frame.isShown);
    const isTextShown = this.text?.isShown === true && shown === this.frames.length - 1;
    let value: JsonValue | undefined = isTextShown ? wholeCharacters(this.text!.value) : undefined;
    const tip: (string | number)[] = [];
    for (let at = shown; at >= 0; at -= 1) {
      const frame = this.frames[at]!;
      const isInnermost = at === shown;
      const below = value;
      if (frame.isList) {
        const list = [...(frame.container as JsonValue[])];
        const index = isInnermost ? list.length : list.length - 1;
        if (below !== undefined) list[index] = below;
        if (!isInnermost || isTextShown) tip.push(index);
        value = list;
      } else {
        const object = { ...(frame.container as JsonObject) };
        if (below !== undefined) object[frame.key] = below;
        if (!isInnermost || isTextShown) tip.push(frame.key);
        value = object;
      }
      Object.freeze(value);
    }
    return snapshotOf(value, tip.reverse(), tip.length + 1);
  }

  /** What was read and shown in full; undefined where there is no such thing. */
  get whole(): JsonValue | undefined {
    return this.status === "closed" && this.frozen === undefined ? this.root : undefined;
  }

  private advance(text: string, pos: number): number {
    switch (this.mode) {
      case "structure":
        return this.structure(text, pos);
      case "text":
        return this.inText(text, pos);
      case "word":
        return this.inWord(text, pos);
      case "key":
        return this.inKey(text, pos);
      case "slash":
        return this.afterSlash(text, pos);
      case "line_comment": {
        const end = text.indexOf("\n", pos);
        if (end !== -1) this.mode = "structure";
        return end === -1 ? text.length : end + 1;
      }
      case "block_comment":
        return this.inBlockComment(text, pos);
    }
  }

  private structure(text: string, from: number): number {
    let pos = from;
    while (pos < text.length && isSpace(text.charCodeAt(pos))) pos += 1;
    if (pos === text.length) return pos;
    const char = text[pos]!;
    const frame = this.frames[this.frames.length - 1];
    if (frame === undefined) this.begin(char);
    else if (char === "/") this.mode = "slash";
    else if (char === "#") this.mode = "line_comment";
    else if (frame.state === "colon") {
      if (char !== ":") return this.fail(pos);
      frame.state = "value";
      this.hasSubstance = true;
    } else if (frame.state === "value") return this.value(frame, char, pos);
    else if (char === "}" || char === "]") this.close(frame, char);
    else if (char === ",") frame.state = "comma";
    else if (frame.isList) return this.value(frame, char, pos);
    else return this.key(frame, char, pos);
    return pos + 1;
  }

  private begin(char: string): void {
    if (char === "{" || char === "[") this.open(char === "[");
    else this.startText(char, "root", this.places.root.grows);
  }

  private key(frame: Frame, char: string, pos: number): number {
    if (GrowingText.opens(char)) this.startText(char, "key", false);
    else if (KEY_CHARACTER.test(char) || isHighSurrogate(char)) {
      this.mode = "key";
      this.word = "";
      return pos;
    } else return this.fail(pos);
    frame.key = "";
    return pos + 1;
  }

  private value(frame: Frame, char: string, pos: number): number {
    if (frame.isList)
      frame.child = frame.isShown
        ? this.places.item(frame.shapes, (frame.container as []).length)
        : this.places.anything;
    if (char === "{" || char === "[") this.open(char === "[");
    else if (GrowingText.opens(char)) {
      const isShown = frame.isShown && this.frozen === undefined && frame.child?.grows === true && !this.isTaken(frame);
      this.startText(char, frame.isList ? "item" : "field", isShown);
    } else {
      this.mode = "word";
      this.word = "";
      return pos;
    }
    return pos + 1;
  }

  private startText(quote: string, role: GrowingText["role"], isShown: boolean): void {
    const hasBareKeys = this.frames[this.frames.length - 1]?.hasBareKeys ?? false;
    this.text = new GrowingText(quote, role, isShown, hasBareKeys);
    this.mode = "text";
  }

  private inText(text: string, pos: number): number {
    const growing = this.text!;
    const next = growing.feed(text, pos);
    if (growing.status === "open") return next;
    if (growing.status === "unclear") return this.fail(next);
    this.mode = "structure";
    const frame = this.frames[this.frames.length - 1];
    this.text = undefined;
    if (frame === undefined) {
      const value = growing.isShown ? growing.value : this.coerced(growing.value, this.places.root);
      if (value === undefined) this.freeze();
      this.root = value;
      this.status = "closed";
    } else if (growing.role === "key") this.named(frame, growing.value);
    else if (growing.isShown) this.put(frame, growing.value);
    else this.leaf(frame, growing.value, growing.value);
    return next;
  }

  private inKey(text: string, from: number): number {
    let pos = from;
    while (pos < text.length && (KEY_CHARACTER.test(text[pos]!) || isSurrogate(text[pos]!))) pos += 1;
    this.word += text.slice(from, pos);
    if (pos === text.length) return pos;
    this.mode = "structure";
    const frame = this.frames[this.frames.length - 1]!;
    frame.hasBareKeys = true;
    this.named(frame, this.word);
    return pos;
  }

  /** The end of a word without quotes is that of the full reader: a comma, a bracket, a line end, a comment, a quote. */
  private inWord(text: string, from: number): number {
    let pos = from;
    let before = this.word === "" ? " " : this.word[this.word.length - 1]!;
    while (pos < text.length) {
      const char = text[pos]!;
      if (",}]\n{[".includes(char)) break;
      const isFirst = isSpace(before.charCodeAt(0));
      if (isFirst && (char === "#" || char === "/" || (GrowingText.opens(char) && char !== "\u2019"))) break;
      before = char;
      pos += 1;
    }
    this.word += text.slice(from, pos);
    if (pos === text.length) return pos;
    const char = text[pos]!;
    const word = this.word.trimEnd();
    if (word === "" || char === "{" || char === "[") return this.fail(pos);
    this.mode = "structure";
    const frame = this.frames[this.frames.length - 1]!;
    const bare = interpretBare(word);
    if (bare.failed) return this.fail(pos);
    if (bare.oddity === "bare_string") this.isWeak ||= frame.isList;
    if (bare.lossy !== undefined) this.freeze();
    this.leaf(frame, bare.value, word);
    return pos;
  }

  private afterSlash(text: string, pos: number): number {
    const char = text[pos]!;
    if (char !== "/" && char !== "*") return this.fail(pos);
    this.mode = char === "/" ? "line_comment" : "block_comment";
    this.star = false;
    return pos + 1;
  }

  private inBlockComment(text: string, pos: number): number {
    const isCut = this.star && text[pos] === "/";
    const at = isCut ? pos : text.indexOf("*/", pos);
    this.star = text.endsWith("*");
    if (at === -1) return text.length;
    this.mode = "structure";
    return isCut ? pos + 1 : at + 2;
  }

  private named(frame: Frame, key: string): void {
    frame.state = "colon";
    if (key === "__proto__") this.freeze();
    if (!frame.isShown) {
      frame.key = key;
      frame.child = this.places.anything;
      return;
    }
    frame.key = nameOf(frame.shapes, key, frame.container, this.places.shape);
    frame.child = this.places.field(frame.shapes, frame.key);
  }

  private isTaken(frame: Frame): boolean {
    return !frame.isList && Object.hasOwn(frame.container, frame.key);
  }

  /** A number, literal or text that has come in full, in the form that the schema gives it. */
  private leaf(frame: Frame, value: JsonValue, raw: string): void {
    const { child } = frame;
    frame.state = "after";
    if (child === undefined || this.frozen !== undefined) return;
    if (!frame.isShown) {
      this.put(frame, value);
      return;
    }
    const { shape } = this.places;
    if (value === null && !frame.isList && nullIsAbsent(frame.shapes, frame.key, child, shape)) return;
    const coerced = this.coerced(value, child, raw);
    if (coerced === undefined) this.freeze();
    else this.put(frame, coerced);
  }

  private coerced(value: JsonValue, place: Place, raw?: string): JsonValue | undefined {
    return fitted(value, place.shape, this.places.shape, raw);
  }

  private put(frame: Frame, value: JsonValue): void {
    frame.state = "after";
    if (this.frozen !== undefined) return;
    if (frame.isList) {
      (frame.container as JsonValue[]).push(value);
      return;
    }
    const object = frame.container as JsonObject;
    if (Object.hasOwn(object, frame.key)) {
      if (!jsonEqual(object[frame.key]!, value)) this.freeze();
      return;
    }
    object[frame.key] = value;
    if (typeof value !== "object") frame.shapes = narrowed(frame.shapes, frame.key, value, this.places.shape);
  }

  private open(isList: boolean): void {
    if (this.frames.length >= MAX_DEPTH) {
      this.status = "stopped";
      return;
    }
    const parent = this.frames[this.frames.length - 1];
    if (parent?.isShown && this.isTaken(parent)) this.freeze();
    const place = parent === undefined ? this.places.root : parent.child;
    const shapes = (isList ? place?.lists : place?.objects) ?? [];
    const isShown = (parent?.isShown ?? true) && this.frozen === undefined && shapes.length > 0;
    const container = isList ? [] : {};
    if (parent === undefined) this.root = isShown ? container : undefined;
    else if (isShown || (!parent.isShown && place !== undefined)) this.put(parent, container);
    if (parent !== undefined) parent.state = "after";
    const state = "start";
    this.frames.push({
      container,
      isList,
      place,
      isShown,
      shapes,
      key: "",
      state,
      child: undefined,
      hasBareKeys: false,
    });
  }

  private close(frame: Frame, char: string): void {
    const isOther = (char === "]") !== frame.isList;
    // Of the root's bracket it is clear what was meant; further in there are several readings.
    if (isOther && this.frames.length > 1) this.freeze();
    this.frames.pop();
    const parent = this.frames[this.frames.length - 1];
    if (frame.isShown) {
      if (this.frozen === undefined) Object.freeze(frame.container);
    } else if (frame.place !== undefined && this.frozen === undefined && (parent?.isShown ?? true)) {
      this.judge(frame.container, frame.place, parent);
    }
    if (parent === undefined) this.status = "closed";
  }

  /** A container that could not be shown before it was whole. */
  private judge(value: JsonValue, place: Place, parent: Frame | undefined): void {
    const coerced = this.coerced(value, place);
    if (coerced === undefined) this.freeze();
    else if (parent === undefined) this.root = deeplyFrozen(coerced);
    else this.put(parent, deeplyFrozen(coerced));
  }

  /** From here on nothing is shown but what has been: it would not be what the whole answer comes to. */
  private freeze(): void {
    this.frozen ??= this.snapshot();
  }

  private fail(pos: number): number {
    this.status = "failed";
    return pos;
  }
}

function deeplyFrozen(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  for (const part of Object.values(value)) deeplyFrozen(part as JsonValue);
  return Object.freeze(value) as JsonValue;
}

function isHighSurrogate(char: string): boolean {
  return char >= "\ud800" && char <= "\udbff";
}

function isSurrogate(char: string): boolean {
  return char >= "\ud800" && char <= "\udfff";
}
