import type { Change, Issue, JsonPath, JsonValue } from "@armature/contracts";
import { type Frame, type Frames, stepOf } from "./frame.js";
import { MAX_CHANGES, MAX_ISSUES, MAX_PATH_SHARE } from "./node.js";
import { NONE } from "./reading.js";
import { steps } from "./steps.js";

/** Where a text departs from JSON: what was mended there, counted and listed if that is asked for, and what was not. */
export class Departures {
  changes: Change[] = [];
  issues: Issue[] = [];
  count = 0;
  /** Set when a strict reading met what it does not take. */
  strayed = false;
  private text = "";
  private isStrict = false;
  private isListed = false;
  private pathSteps = 0;
  private pathFrame: Frame | undefined;
  private pathStamp: string | number = "";
  private pathShared: JsonPath = NONE;

  constructor(private readonly frames: Frames) {}

  begin(text: string, isStrict: boolean, isListed: boolean): void {
    this.text = text;
    this.isStrict = isStrict;
    this.isListed = isListed;
    this.count = 0;
    this.pathSteps = 0;
    this.strayed = false;
  }

  /** Lets go of what was found. */
  clear(): void {
    this.text = "";
    this.changes = [];
    this.issues = [];
    this.pathFrame = undefined;
    this.pathShared = NONE;
  }

  get tooMany(): boolean {
    return this.count > MAX_CHANGES || this.pathSteps > MAX_PATH_SHARE * this.text.length;
  }

  note(kind: string, start: number, end: number, after: string): void {
    if (this.isStrict && kind !== "duplicate_key" && kind !== "white_space") {
      this.strayed = true;
      return;
    }
    this.count += 1;
    // An upper bound, and the same in each reading.
    this.pathSteps += this.frames.depth;
    if (!this.isListed) return;
    const before = this.text.slice(start, end);
    this.changes.push({ kind, class: "lossless", path: this.path(), span: { start, end }, before, after });
  }

  /** Where a value stands for what was written. */
  noteValue(kind: string, start: number, end: number, value: JsonValue): void {
    this.note(kind, start, end, this.isListed ? JSON.stringify(value) : "");
  }

  /** What cannot be read without a guess. */
  lossy(kind: string, message: string, start: number, end: number): void {
    if (this.issues.length >= MAX_ISSUES) return;
    this.issues.push({ kind, path: this.path(), message, span: { start, end } });
  }

  /** Several departures at one place share their path. */
  private path(): JsonPath {
    if (this.frames.depth === 0) return NONE;
    const frame = this.frames.top;
    const stamp = frame.fields === null ? frame.items.length : frame.state === "value" ? frame.key : "";
    // A frame that has been begun anew has lost its path.
    if (frame === this.pathFrame && frame.path !== undefined && stamp === this.pathStamp) return this.pathShared;
    const own = this.frames.path();
    const isInside = frame.fields === null || frame.state === "value";
    this.pathShared = isInside ? [...own, stepOf(frame)] : own;
    this.pathFrame = frame;
    this.pathStamp = stamp;
    steps.count += this.pathShared.length;
    return this.pathShared;
  }
}
