import type { JsonValue } from "@armature/contracts";
import { readBare } from "./bare.js";
import { skipBlank } from "./blank.js";
import { closesAt, isEllipsis, type Role } from "./closing.js";
import { Departures } from "./departures.js";
import { Doubts } from "./doubts.js";
import { type Frame, Frames, type Places } from "./frame.js";
import { MAX_DEPTH, type Reading } from "./node.js";
import { isQuoteCode } from "./quote-marks.js";
import { addedString, plainRun, readQuoted } from "./quoted.js";
import { steps } from "./steps.js";

const BARE_KEY = /[\p{L}\p{N}_$][\p{L}\p{N}_$.-]{0,127}/uy;

/** What is kept besides the values: most readings need nothing else, and to keep more costs more than to read twice. */
export type Keeps = "values" | "changes" | "places";

/** Reads one object or array after the other, each in one pass and with a stack of its own. */
export class DialectReader {
  readonly frames = new Frames();
  readonly departures = new Departures(this.frames);
  private readonly doubts = new Doubts(this.frames, this.departures);
  /** The value that was read, where it ends, and where its parts are. */
  value: JsonValue = null;
  parts: Places | undefined;
  pos = 0;
  /** It could as well be prose in brackets, as it holds bare words. */
  weak = false;
  substance = false;
  lastBraceOnly = false;
  private text = "";
  private isStrict = false;
  private keepsPlaces = false;
  private lastEnd = 0;
  private lastWasNumber = false;
  /** A string of the value that is being read has quotes inside. */
  private hasInnerQuote = false;

  /** @param isStrict takes JSON only, odd white space and keys met twice aside, and fails at the first departure */
  read(text: string, start: number, isStrict: boolean, keeps: Keeps): Reading["status"] {
    this.departures.begin(text, isStrict, keeps === "changes");
    this.doubts.begin(text);
    this.text = text;
    this.isStrict = isStrict;
    this.keepsPlaces = keeps === "places";
    this.pos = start;
    this.lastEnd = start;
    this.lastWasNumber = false;
    this.weak = false;
    this.substance = false;
    this.lastBraceOnly = false;
    return this.readParts();
  }

  /** Lets go of the text and of what was read in it. */
  clear(): void {
    this.frames.clear();
    this.departures.clear();
    this.doubts.clear();
    this.text = "";
    this.value = null;
    this.parts = undefined;
  }

  private readParts(): Reading["status"] {
    const { frames, departures, text } = this;
    this.open();
    while (frames.depth > 0 || departures.strayed) {
      if (departures.strayed) return "failed";
      this.skipBlank();
      if (this.pos >= text.length) return this.unclosed();
      if (departures.tooMany) return "too_many";
      const frame = frames.top;
      const went = frame.fields === null ? this.inArray(frame) : this.inObject(frame);
      if (went !== undefined) return went;
    }
    return "closed";
  }

  private skipBlank(): void {
    const { text } = this;
    let code = text.charCodeAt(this.pos);
    if (code === 32) {
      steps.count += 1;
      code = text.charCodeAt(++this.pos);
    }
    const isSure = code > 32 && code < 128 && code !== 35 && code !== 47;
    if (!isSure) this.pos = skipBlank(text, this.pos, this.onOdd);
  }

  private readonly onOdd = (kind: "comment" | "white_space", start: number, end: number) => {
    this.departures.note(kind, start, end, kind === "comment" ? "" : " ");
    if (kind === "comment") this.doubts.comment(start, end, this.lastEnd);
  };

  private inObject(frame: Frame): Reading["status"] | undefined {
    const { text } = this;
    const code = text.charCodeAt(this.pos);
    if (frame.state === "value") return this.readValue(frame, "field");
    if (code === 125 || code === 93) return this.close(frame, code);
    if (code === 44) return this.comma(frame);
    if (isEllipsis(text, this.pos, code)) return this.ellipsis(frame);
    if (frame.state === "after") this.missingComma(frame);
    frame.keyStart = this.pos;
    const key = this.key(code);
    if (key === undefined) return "failed";
    if (text.charCodeAt(this.pos) !== 58) {
      this.skipBlank();
      if (this.pos >= text.length) return undefined;
      if (text.charCodeAt(this.pos) !== 58) return "failed";
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
    return this.readValue(frame, "item");
  }

  private comma(frame: Frame): undefined {
    if (frame.state !== "after") this.departures.note("extra_comma", this.pos, this.pos + 1, "");
    if (frame.state !== "start") frame.state = "comma";
    this.pos += 1;
  }

  private missingComma(frame: Frame): void {
    this.doubts.seam(frame, this.lastEnd, this.pos);
    this.departures.note("missing_comma", this.lastEnd, this.lastEnd, ",");
    // What was begun after it is not complete when the text ends here.
    frame.state = "comma";
  }

  private ellipsis(frame: Frame): undefined {
    const end = this.pos + (this.text[this.pos] === "." ? 3 : 1);
    this.departures.lossy("ellipsis", "an ellipsis stands for something left out", this.pos, end);
    frame.state = "after";
    this.pos = end;
  }

  private key(code: number): string | undefined {
    if (isQuoteCode(code)) return this.quoted("key");
    BARE_KEY.lastIndex = this.pos;
    const word = BARE_KEY.exec(this.text)?.[0];
    if (word === undefined) return undefined;
    steps.count += word.length;
    this.departures.noteValue("bare_key", this.pos, this.pos + word.length, word);
    this.pos += word.length;
    return word;
  }

  private readValue(frame: Frame, role: Role): Reading["status"] | undefined {
    const start = this.pos;
    const code = this.text.charCodeAt(start);
    if (code === 123 || code === 91) {
      if (this.frames.depth >= MAX_DEPTH) return "too_deep";
      this.open();
      return undefined;
    }
    if (isQuoteCode(code)) {
      if (code === 96 && this.text.startsWith("```", start)) return "failed";
      this.hasInnerQuote = false;
      const first = this.quoted(role);
      const next = addedString(this.text, this.pos);
      const value = next === undefined ? first : this.concatenation(start, first, next, role);
      this.attach(frame, value, start, this.pos, undefined);
      return undefined;
    }
    const bare = readBare(this.text, start);
    if (bare.failed) return "failed";
    this.pos = bare.end;
    if (bare.oddity !== undefined) this.departures.noteValue(bare.oddity, start, bare.end, bare.value);
    if (bare.oddity === "bare_string") {
      this.weak ||= frame.fields === null;
      this.doubts.words(frame, start, bare.end);
    }
    if (bare.lossy !== undefined) this.departures.lossy("lossy_value", bare.lossy, start, bare.end);
    this.attach(frame, bare.value, start, bare.end, undefined);
    this.lastWasNumber = typeof bare.value === "number" || bare.oddity === "bare_string";
    return undefined;
  }

  /** The first string, which stands at `start`, and those that are added to it, from that at `next` on. */
  private concatenation(start: number, first: string, next: number, role: Role): string {
    let value = first;
    for (let at: number | undefined = next; at !== undefined; at = addedString(this.text, this.pos)) {
      this.pos = at;
      value += this.quoted(role);
    }
    if (this.hasInnerQuote) {
      const message = "a quote inside of strings that are added up could end or begin one of them";
      this.departures.lossy("ambiguous_quotes", message, start, this.pos);
    }
    this.departures.noteValue("concatenation", start, this.pos, value);
    return value;
  }

  private quoted(role: Role): string {
    const { text, departures, pos: start } = this;
    let run = start + 1;
    if (text.charCodeAt(start) === 34) {
      run = plainRun(text, start + 1);
      const isPlain = run > start + 1 && text.charCodeAt(run) === 34;
      if (isPlain && (this.isStrict || closesAt(text, run, role))) {
        this.pos = run + 1;
        this.lastEnd = run + 1;
        return text.slice(start + 1, run);
      }
    }
    const string = readQuoted(text, start, role, this.isStrict, run);
    this.pos = string.end;
    this.lastEnd = string.end;
    if (role === "key") this.hasInnerQuote = false;
    this.hasInnerQuote ||= string.oddities.includes("unescaped_quote");
    for (const kind of string.oddities) departures.noteValue(kind, start, string.end, string.value);
    this.doubts.string(string, start);
    if (!string.closed && this.hasInnerQuote && this.doubts.isBrokenOff(role)) return this.fail(start);
    if (!string.closed) departures.lossy("truncated", "the text ends inside a string", start, string.end);
    return string.value;
  }

  /** Ends the reading at `pos`. Parts of what is broken are not the answer. */
  private fail(pos: number): string {
    this.pos = pos;
    this.substance = true;
    this.departures.strayed = true;
    return "";
  }

  private open(): void {
    this.frames.open(this.pos, this.text.charCodeAt(this.pos) === 123, this.keepsPlaces);
    this.pos += 1;
  }

  private close(frame: Frame, code: number): Reading["status"] | undefined {
    const own = frame.fields === null ? 93 : 125;
    if (frame.state === "comma") this.departures.note("trailing_comma", this.lastEnd, this.pos, "");
    this.pos += 1;
    if (code !== own) {
      this.departures.note("mismatched_bracket", this.pos - 1, this.pos, String.fromCharCode(own));
      this.doubts.bracket(this.pos);
    }
    const { start, places } = frame;
    const value = frame.fields ?? frame.items;
    this.frames.close();
    if (this.frames.depth > 0) this.attach(this.frames.top, value, start, this.pos, places);
    else this.finish(value, places);
    this.lastWasNumber = false;
    return undefined;
  }

  private finish(value: JsonValue, places: Places | undefined): void {
    this.value = value;
    this.parts = places;
  }

  private attach(frame: Frame, value: JsonValue, start: number, end: number, parts: Places | undefined): void {
    this.lastEnd = end;
    this.lastWasNumber = false;
    if (frame.fields === null || this.doubts.isNewField(frame, value, end)) frame.put(value, start, end, parts);
    frame.state = "after";
  }

  private unclosed(): "unclosed" {
    const { frames, departures, text } = this;
    const last = frames.top;
    const clean = departures.issues.length === 0 && !this.lastWasNumber && last.state === "after";
    this.lastBraceOnly = clean && frames.depth === 1 && last.fields !== null;
    this.pos = text.length;
    while (frames.depth > 0) {
      const { start, fields, items, places } = frames.top;
      const value = fields ?? items;
      frames.close();
      if (frames.depth === 0) this.finish(value, places);
      else {
        const parent = frames.top;
        const isLost = parent.fields !== null && (parent.key === "__proto__" || parent.known() !== undefined);
        if (!isLost) parent.put(value, start, text.length, places);
      }
    }
    return "unclosed";
  }
}
