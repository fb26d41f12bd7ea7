import { isSpace } from "../scan/blank.js";
import { MAX_LENGTH } from "../scan/node.js";
import { fitted } from "./fit.js";
import { PartialParser } from "./partial-parser.js";
import type { Places } from "./place.js";
import { type OutputSnapshot, snapshotOf } from "./snapshot.js";
import { TagReader } from "./tag-reader.js";

const NOTHING = snapshotOf<unknown>(undefined, [], 1);

/** Most values of one answer that are read, as in the full reader. */
const MOST = 500;

/** Finds the value in an answer that comes in pieces, prose and drafts around it, and follows how it grows. */
export class AnswerReader {
  /** Characters looked at, and calls that looked at none. */
  private looked = 0;
  private finished = 0;
  private length = 0;
  private count = 0;
  private isBlank = true;
  /** Nothing that follows can be part of the value. */
  private isOver = false;
  private readonly tags = new TagReader();
  private parser: PartialParser | undefined;
  /** Whether the parser's value stays, once that was asked. */
  private isSettled: boolean | undefined;

  /** `onReplace` is told when what the value has been so far gives way to something else, and how that begins. */
  constructor(
    private readonly places: Places,
    private readonly onReplace: (reason: string, next: OutputSnapshot<unknown>) => void,
  ) {}

  get steps(): number {
    return this.looked + this.finished + (this.parser?.steps ?? 0);
  }

  snapshot(): OutputSnapshot<unknown> {
    return this.parser?.snapshot() ?? NOTHING;
  }

  feed(chunk: string): void {
    this.length += chunk.length;
    if (this.length > MAX_LENGTH) this.isOver = true;
    let pos = 0;
    while (pos < chunk.length && !this.isOver) {
      pos = this.parser?.status === "reading" ? this.inValue(this.parser, chunk, pos) : this.outside(chunk, pos);
    }
  }

  private inValue(parser: PartialParser, chunk: string, pos: number): number {
    const next = parser.feed(chunk, pos);
    // Parts of a broken answer are not the answer, and nothing after it is read.
    if (parser.status === "stopped" || (parser.status === "failed" && parser.hasSubstance)) this.isOver = true;
    return next;
  }

  private outside(chunk: string, from: number): number {
    if (this.tags.isInDraft) {
      const end = this.tags.skip(chunk, from);
      this.looked += end - from + 1;
      return end;
    }
    let pos = from;
    let opens = false;
    for (; pos < chunk.length && !opens && !this.tags.isInDraft; pos += 1) {
      const char = chunk[pos]!;
      opens = char === "{" || char === "[" || (this.isBlank && char === '"' && this.places.root.grows);
      if (opens) break;
      this.isBlank &&= isSpace(char.charCodeAt(0));
      if (this.tags.take(char) === "closed") this.replace("what was shown was a draft", undefined, "");
    }
    this.looked += pos - from + 1;
    return opens ? this.begin(chunk, pos) : pos;
  }

  private begin(chunk: string, pos: number): number {
    this.isBlank = false;
    this.isSettled ??= this.parser !== undefined && this.stays(this.parser);
    if (this.isSettled) return pos + 1;
    this.count += 1;
    if (this.count > MOST) {
      this.isOver = true;
      return pos;
    }
    this.replace("another value follows the one that was shown", new PartialParser(this.places), chunk[pos]!);
    return pos + 1;
  }

  private replace(reason: string, next: PartialParser | undefined, opening: string): void {
    const before = this.parser;
    next?.feed(opening, 0);
    this.parser = next;
    this.isSettled = undefined;
    if (before === undefined) return;
    this.finished += before.steps;
    this.onReplace(reason, this.snapshot());
  }

  /** A value that fits is not replaced by a later one: that would say the same, or the answer is refused as a whole. */
  private stays(parser: PartialParser): boolean {
    const { whole } = parser;
    if (whole === undefined || parser.isWeak || isEmpty(whole)) return false;
    return fitted(whole, this.places.shape, this.places.shape) !== undefined;
  }
}

/** Empty brackets: as weak a sign of a value as there is. */
function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
