import type { JsonValue } from "@armature/contracts";
import { jsonEqual } from "../json-equal.js";
import { skipSpace } from "./blank.js";
import { endsInOperator, endsInQuote, goesOn, isSeam, type Role } from "./closing.js";
import type { Departures } from "./departures.js";
import type { Frame, Frames } from "./frame.js";
import { tellsOmission } from "./left-out.js";
import { isQuoteCode } from "./quote-marks.js";
import type { Quoted } from "./quoted.js";

/** Judges the places of a text that have a second reading, and tells the departures of those that do. */
export class Doubts {
  private text = "";

  constructor(
    private readonly frames: Frames,
    private readonly departures: Departures,
  ) {}

  begin(text: string): void {
    this.text = text;
  }

  /** Lets go of the text. */
  clear(): void {
    this.text = "";
  }

  /** A comment that may stand for something, or be the rest of the string that ended at `lastEnd`. */
  comment(start: number, end: number, lastEnd: number): void {
    const comment = this.text.slice(start, end);
    if (tellsOmission(comment)) {
      this.departures.lossy("ellipsis", "a comment stands for something left out", start, end);
    }
    if (this.isBehindString(start, lastEnd) && endsInQuote(comment, this.text[lastEnd - 1]!)) {
      this.departures.lossy("ambiguous_quotes", "the comment could as well be part of the string", start, end);
    }
  }

  /** Whether a string ended at `lastEnd`, before `at` on the same line, with no comma between. */
  private isBehindString(at: number, lastEnd: number): boolean {
    if (this.frames.top.state !== "after" || !isQuoteCode(this.text.charCodeAt(lastEnd - 1))) return false;
    return !this.text.slice(lastEnd, at).includes("\n");
  }

  /** Two values in `frame` with no comma between. */
  seam(frame: Frame, lastEnd: number, next: number): void {
    if (frame.fields !== null || !isSeam(this.text, lastEnd, next)) return;
    const message = "two strings side by side are two, or one in two parts";
    this.departures.lossy("ambiguous_quotes", message, lastEnd, next);
  }

  /** Words before a string, which may belong to it, unless it is the next key. */
  words(frame: Frame, start: number, end: number): void {
    const { text } = this;
    if (!isQuoteCode(text.charCodeAt(skipSpace(text, end)))) return;
    const words = text.slice(start, end);
    if (frame.fields !== null && !endsInOperator(words)) return;
    const message = `${words.slice(0, 40)} and the string after it are one value or two`;
    this.departures.lossy("lossy_value", message, start, end);
  }

  /** A string that could end elsewhere or hold something else. */
  string(string: Quoted, start: number): void {
    if (string.doubt !== undefined) this.departures.lossy("ambiguous_quotes", string.doubt, start, string.end);
    if (string.loss !== undefined) this.departures.lossy("lossy_value", string.loss, start, string.end);
  }

  /** Whether a string with quotes inside that nothing ends was ended before, and what follows it there cannot be read. */
  isBrokenOff(role: Role): boolean {
    return role === "key" || /[\]}]\s{0,50}(?:```\s{0,50})?$/.test(this.text.slice(-110));
  }

  /**
   * A bracket of the other kind before `end`. The root can only have been meant to end here, unless it goes on; further
   * in, the brackets have several readings.
   */
  bracket(end: number): void {
    if (this.frames.depth === 1 && !goesOn(this.text, end)) return;
    this.departures.lossy("brackets", "the brackets do not match", end - 1, end);
  }

  /** Whether a value may be put under the key of `frame`; a key met twice stands for one value or for two. */
  isNewField(frame: Frame, value: JsonValue, end: number): boolean {
    if (frame.key === "__proto__") {
      this.departures.lossy("unsafe_key", "the key __proto__ is not accepted", frame.keyStart, end);
      return false;
    }
    const known = frame.known();
    if (known === undefined) return true;
    if (jsonEqual(known, value)) this.departures.note("duplicate_key", frame.keyStart, end, "");
    else {
      const message = `the key ${frame.key} has two different values`;
      this.departures.lossy("duplicate_key", message, frame.keyStart, end);
    }
    return false;
  }
}
