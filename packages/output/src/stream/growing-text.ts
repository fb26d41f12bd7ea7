import { isSpace } from "../scan/blank.js";
import { BEFORE_MARK, BEFORE_WORD, escapeLoss, KNOWN } from "../scan/escape.js";
import { closersOf, isQuoteCode } from "../scan/quote-marks.js";

const SHORT = new Map<string, string>([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** A string that comes in pieces. Where a quote may or may not end it, the characters after it are held back. */
export class GrowingText {
  /** `unclear`: where it ends cannot be told from the next character. */
  status: "open" | "closed" | "unclear" = "open";
  /** What is sure to be in it. */
  value = "";
  private readonly closers: string;
  /** Characters of an escape, without its backslash. */
  private escape: string | undefined;
  /** The kinds of those that were read. */
  private escapes = 0;
  /** A quote that may be the last one, and what followed it: white space, and a comma or slash. */
  private held = "";
  /** The last of what is held back that is no white space. */
  private seen: "quote" | "comma" | "slash" = "quote";
  private hasNewline = false;
  /** A quote was one of the text. */
  private hasInner = false;

  constructor(
    quote: string,
    readonly role: "root" | "key" | "field" | "item",
    readonly isShown: boolean,
    /** The object that it is in has keys without quotes. */
    private readonly hasBareKeys: boolean,
  ) {
    this.closers = closersOf(quote.charCodeAt(0));
  }

  static opens(char: string): boolean {
    return isQuoteCode(char.charCodeAt(0));
  }

  /** Whether the slash of a comment was taken with what followed the string. */
  get endsInSlash(): boolean {
    return this.status === "closed" && this.seen === "slash";
  }

  /** Takes `text` from `from` on and says where it stopped: after the last character that belongs to the string. */
  feed(text: string, from: number): number {
    let pos = from;
    while (pos < text.length && this.status === "open") {
      if (this.held !== "") pos = this.afterQuote(text, pos);
      else if (this.escape !== undefined) pos = this.inEscape(text, pos);
      else pos = this.plain(text, pos);
    }
    return pos;
  }

  private plain(text: string, from: number): number {
    const { closers } = this;
    const only = closers.length === 1 ? closers.charCodeAt(0) : -1;
    let pos = from;
    for (; pos < text.length; pos += 1) {
      const code = text.charCodeAt(pos);
      if (code === 92 || code === only || (only === -1 && closers.includes(text[pos]!))) break;
    }
    this.value += text.slice(from, pos);
    if (pos === text.length) return pos;
    if (text[pos] === "\\") this.escape = "";
    else if (this.role === "root" || this.role === "key") this.status = "closed";
    else this.held = text[pos]!;
    return pos + 1;
  }

  private inEscape(text: string, pos: number): number {
    const begun = this.escape! + text[pos];
    this.escape = begun;
    if (begun[0] === "u") {
      if (begun.length > 1 && !/[0-9a-fA-F]/.test(text[pos]!)) {
        this.unknownEscape(begun.slice(0, -1), text[pos]!);
        return pos;
      }
      if (begun.length === 5) this.endEscape(String.fromCharCode(Number.parseInt(begun.slice(1), 16)), KNOWN);
      return pos + 1;
    }
    const known = SHORT.get(begun);
    if (known === undefined) this.unknownEscape(begun, "");
    else this.endEscape(known, begun === '"' ? 0 : KNOWN);
    return pos + 1;
  }

  /** An escape that JSON does not know keeps its backslash before a letter or digit; in a Windows path all do. */
  private unknownEscape(written: string, next: string): void {
    const isForeign = written.length > 1 || next === "{" || /^[xU0\n\r\u2028\u2029]/.test(written);
    const isWord = /^[\p{L}\p{N}]/u.test(written);
    const isQuote = written === "'" || written === "`";
    if (isForeign || /^[A-Za-z]:/.test(this.value)) this.status = "unclear";
    else if (isQuote) this.endEscape(written, 0);
    else if (isWord) this.endEscape(`\\${written}`, BEFORE_WORD);
    // Where a backslash before a letter was meant as one, so is this.
    else this.endEscape((this.escapes & BEFORE_WORD) === 0 ? written : `\\${written}`, BEFORE_MARK);
  }

  private endEscape(value: string, kind: number): void {
    const isFirstWord = kind === BEFORE_WORD && (this.escapes & BEFORE_WORD) === 0;
    const wasDropped = isFirstWord && (this.escapes & BEFORE_MARK) !== 0;
    this.escapes |= kind;
    this.escape = undefined;
    if (wasDropped || escapeLoss(this.escapes) !== undefined) this.status = "unclear";
    else this.value += value;
  }

  private afterQuote(text: string, from: number): number {
    let pos = from;
    while (pos < text.length && this.seen !== "slash" && isSpace(text.charCodeAt(pos))) {
      if (text[pos] === "\n") this.hasNewline = true;
      pos += 1;
    }
    this.held += text.slice(from, pos);
    if (pos === text.length) return pos;
    const follows = this.afterHeld(text[pos]!);
    if (follows === "held") {
      this.held += text[pos]!;
      return pos + 1;
    }
    // What the first quote inside could end may be the first string of an expression.
    if (follows === "inside" && !this.hasInner && this.isOperator(text[pos]!)) {
      this.status = "unclear";
      return pos;
    }
    if (follows === "inside") {
      this.hasInner = true;
      // The quote was one of the text: so was all that was held back, and it holds no quote but the first.
      this.value += this.held;
      this.held = "";
      this.seen = "quote";
      this.hasNewline = false;
      return pos;
    }
    this.status = follows === "end" ? "closed" : "unclear";
    return pos;
  }

  /** Whether the character after what is held back makes an operator of it, or is one. */
  private isOperator(char: string): boolean {
    if (this.seen === "slash") return GrowingText.opens(char) || isSpace(char.charCodeAt(0));
    return this.seen === "quote" && "*%|&=<>?^~".includes(char);
  }

  private afterHeld(char: string): "end" | "inside" | "unclear" | "held" {
    switch (this.seen) {
      case "quote":
        return this.afterSpace(char);
      // After the comma of a member comes a key, or the end of the object; a word there is more likely prose.
      case "comma":
        return GrowingText.opens(char) || "}],#/.\u2026".includes(char) ? "end" : "inside";
      case "slash":
        return char === "/" || char === "*" ? "end" : "inside";
    }
  }

  private afterSpace(char: string): "end" | "inside" | "unclear" | "held" {
    if (char === "}" || char === "]" || char === "#") return "end";
    if (char === "/" || (char === "," && this.isShown && this.role === "field" && !this.hasBareKeys)) {
      this.seen = char === "/" ? "slash" : "comma";
      return "held";
    }
    if (char === ",") return "end";
    if (char === "+" || char === "`") return "unclear";
    const isApart = this.held.length > 1;
    if (this.role === "item") {
      if (GrowingText.opens(char) || char === "{" || char === "[")
        return isApart && (char === "{" || char === "[" || this.hasNewline) ? "end" : "unclear";
      return isApart && /[-\dtfnTFN]/.test(char) ? "unclear" : "inside";
    }
    if (GrowingText.opens(char)) return this.hasNewline ? "end" : "unclear";
    return this.hasNewline && this.hasBareKeys ? "unclear" : "inside";
  }
}
