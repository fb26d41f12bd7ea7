import type { JsonValue } from "@armature/contracts";
import { interpretBare } from "../scan/bare.js";
import { isSpace } from "../scan/blank.js";
import { endsInOperator } from "../scan/closing.js";
import { MAX_DEPTH } from "../scan/node.js";
import { isQuoteCode } from "../scan/quote-marks.js";
import { GrowingText } from "./growing-text.js";
import { GrowingValue } from "./growing-value.js";
import type { Places } from "./place.js";
import { type OutputSnapshot, wholeCharacters } from "./snapshot.js";

/** What is expected in a container. `next` is a key, an item, a comma or the end; a list knows nothing else. */
interface Level {
  expects: "next" | "colon" | "value";
  hasBareKeys: boolean;
}

type Mode = "structure" | "text" | "word" | "key" | "slash" | "line_comment" | "block_comment";

const KEY_CHARACTER = /[\p{L}\p{N}_$.\-\ud800-\udfff]/u;

/**
 * Reads one object, array or text that comes in pieces. A character is looked at once, so the work is linear in the
 * text however it is cut. It follows the dialect of the full reader as far as one character ahead decides; where more
 * would be needed it stops to grow, and the full reader judges the whole.
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
  private readonly levels: Level[] = [];
  private readonly value: GrowingValue;
  private text: GrowingText | undefined;
  private word = "";
  /** The text before ended in an asterisk, which may end the comment. */
  private star = false;

  constructor(places: Places) {
    this.value = new GrowingValue(places);
  }

  /** What was read in full and fits as far as its parts tell; undefined where there is no such thing. */
  get whole(): JsonValue | undefined {
    return this.value.whole;
  }

  snapshot(): OutputSnapshot<unknown> {
    const { text } = this;
    return this.value.snapshot(text?.isShown ? wholeCharacters(text.value) : undefined);
  }

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
    const level = this.levels[this.levels.length - 1];
    if (level === undefined) return this.begin(text, pos);
    if (char === "/") this.mode = "slash";
    else if (char === "#") this.mode = "line_comment";
    else if (level.expects === "value") return this.beginValue(level, text, pos);
    else if (level.expects === "colon") {
      if (char !== ":") return this.fail(pos);
      level.expects = "value";
      this.hasSubstance = true;
    } else if (char === "}" || char === "]") {
      this.levels.pop();
      if (this.value.close(char)) this.status = "closed";
    } else if (char === ",") return pos + 1;
    else if (this.value.isInList) return this.beginValue(level, text, pos);
    else return this.beginKey(level, text, pos);
    return pos + 1;
  }

  private begin(text: string, pos: number): number {
    const char = text[pos]!;
    if (char === "{" || char === "[") this.open(char);
    else this.beginText(char, "root");
    return pos + 1;
  }

  private beginKey(level: Level, text: string, pos: number): number {
    const char = text[pos]!;
    const end = char === '"' ? this.plainEnd(text, pos + 1) : -1;
    if (end !== -1) {
      this.named(level, text.slice(pos + 1, end));
      return end + 1;
    }
    if (isQuoteCode(char.charCodeAt(0))) {
      this.beginText(char, "key");
      return pos + 1;
    }
    if (!KEY_CHARACTER.test(char)) return this.fail(pos);
    this.mode = "key";
    this.word = "";
    return pos;
  }

  private beginValue(level: Level, text: string, pos: number): number {
    const char = text[pos]!;
    level.expects = "next";
    if (char === "{" || char === "[") {
      this.open(char);
      return pos + 1;
    }
    if (!isQuoteCode(char.charCodeAt(0))) {
      this.mode = "word";
      this.word = "";
      return pos;
    }
    const end = char === '"' ? this.plainEnd(text, pos + 1) : -1;
    if (end !== -1 && isFollowed(text, end + 1)) {
      this.endText(text.slice(pos + 1, end), this.value.isTextShown);
      return end + 1;
    }
    this.beginText(char, this.value.isInList ? "item" : "field");
    return pos + 1;
  }

  private open(bracket: "{" | "["): void {
    if (this.levels.length >= MAX_DEPTH) {
      this.status = "stopped";
      return;
    }
    this.levels.push({ expects: "next", hasBareKeys: false });
    this.value.open(bracket === "[");
  }

  private beginText(quote: string, role: GrowingText["role"]): void {
    const hasBareKeys = this.levels[this.levels.length - 1]?.hasBareKeys ?? false;
    this.text = new GrowingText(quote, role, role !== "key" && this.value.isTextShown, hasBareKeys);
    this.mode = "text";
  }

  private inText(text: string, pos: number): number {
    const growing = this.text!;
    const next = growing.feed(text, pos);
    if (growing.status === "open") return next;
    if (growing.status === "unclear") return this.fail(next);
    this.mode = growing.endsInSlash ? "slash" : "structure";
    this.text = undefined;
    if (growing.role === "key") this.named(this.levels[this.levels.length - 1]!, growing.value);
    else this.endText(growing.value, growing.isShown);
    if (growing.role === "root") this.status = "closed";
    return next;
  }

  private endText(text: string, isShown: boolean): void {
    if (isShown) this.value.endText(text);
    else this.value.add(text, text);
  }

  private inKey(text: string, from: number): number {
    let pos = from;
    while (pos < text.length && KEY_CHARACTER.test(text[pos]!)) pos += 1;
    this.word += text.slice(from, pos);
    if (pos === text.length) return pos;
    this.mode = "structure";
    const level = this.levels[this.levels.length - 1]!;
    level.hasBareKeys = true;
    this.named(level, this.word);
    return pos;
  }

  private named(level: Level, key: string): void {
    level.expects = "colon";
    this.value.name(key);
  }

  private inWord(text: string, from: number): number {
    const end = wordEnd(text, from, this.word);
    this.word += text.slice(from, end);
    if (end === text.length) return end;
    const word = this.word.trimEnd();
    if (word === "" || text[end] === "{" || text[end] === "[") return this.fail(end);
    const bare = interpretBare(word, text[end]);
    const isString = bare.oddity === "bare_string";
    if (isString) this.isWeak ||= this.value.isInList;
    const isBesideText = isString && isQuoteCode(text.charCodeAt(end)) && (this.value.isInList || endsInOperator(word));
    if (bare.lossy !== undefined || isBesideText) this.value.freeze();
    this.value.add(bare.value, word);
    this.mode = "structure";
    return end;
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

  /** Where a text without escapes ends, when all of it has come; -1 otherwise. */
  private plainEnd(text: string, from: number): number {
    const end = text.indexOf('"', from);
    if (end !== -1 && !text.slice(from, end).includes("\\")) return end;
    this.steps += (end === -1 ? text.length : end) - from;
    return -1;
  }

  private fail(pos: number): number {
    this.status = "failed";
    return pos;
  }
}

/** Where a word without quotes ends, as in the full reader: at a comma, a bracket, a line end, a comment, a quote. */
function wordEnd(text: string, from: number, begun: string): number {
  let pos = from;
  while (pos < text.length) {
    if (!isWordCode(text.charCodeAt(pos))) {
      const char = text[pos]!;
      if (",}]\n{[".includes(char)) break;
      const before = pos > from ? text.charCodeAt(pos - 1) : begun === "" ? 32 : begun.charCodeAt(begun.length - 1);
      const isQuote = isQuoteCode(char.charCodeAt(0)) && char !== "\u2019";
      if ((char === "#" || char === "/" || isQuote) && isSpace(before)) break;
    }
    pos += 1;
  }
  return pos;
}

/** Letters, digits and the signs of numbers: what never ends a word. */
function isWordCode(code: number): boolean {
  return (
    (code > 47 && code < 58) || (code > 96 && code < 123) || (code > 64 && code < 91) || code === 45 || code === 46
  );
}

/** Whether what stands right after a quote leaves no doubt that it is the last one. */
function isFollowed(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 125 || code === 93 || (code === 44 && text.charCodeAt(at + 1) === 34);
}
