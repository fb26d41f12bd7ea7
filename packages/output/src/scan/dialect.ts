import type { Change, Issue } from "@armature/contracts";
import { DialectReader, type Keeps } from "./dialect-reader.js";
import { nodeOf } from "./frame.js";
import type { Node, Reading } from "./node.js";
import { isEmpty, membersBehind } from "./reading.js";

/**
 * Nothing that it calls calls back, so one reader serves all texts. It also keeps alive what the engine has learned of
 * the shape of its parts: where these all die between two texts, its compiled code goes with them.
 */
const reader = new DialectReader();

/** Reads one object or array. */
export function readDialect(text: string, start: number, isStrict: boolean, keeps: Keeps): Reading {
  try {
    const status = reader.read(text, start, isStrict, keeps);
    return new DialectReading(text, start, isStrict, keeps, status, reader);
  } finally {
    reader.clear();
  }
}

class DialectReading implements Reading {
  readonly node: Node;
  readonly lastBraceOnly: boolean;
  readonly substance: boolean;
  readonly weak: boolean;
  readonly issues: readonly Issue[];
  private listed: readonly Change[] | undefined;
  private whole: Node | undefined;

  constructor(
    private readonly text: string,
    private readonly start: number,
    private readonly isStrict: boolean,
    keeps: Keeps,
    readonly status: Reading["status"],
    { departures, value, parts, pos, weak, substance, lastBraceOnly }: DialectReader,
  ) {
    this.node = { value, start, end: pos };
    this.lastBraceOnly = lastBraceOnly;
    this.substance = substance;
    this.weak = weak || isEmpty(value);
    this.issues = status === "closed" ? departures.issues.concat(membersBehind(text, pos)) : departures.issues;
    this.listed = keeps === "changes" || departures.count === 0 ? departures.changes : undefined;
    this.whole = keeps === "places" ? nodeOf(value, start, pos, parts) : undefined;
  }

  parts(): Node {
    this.whole ??= readDialect(this.text, this.start, this.isStrict, "places").parts();
    return this.whole;
  }

  changes(): readonly Change[] {
    this.listed ??= readDialect(this.text, this.start, this.isStrict, "changes").changes();
    return this.listed;
  }
}
