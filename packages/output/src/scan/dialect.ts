import type { Change } from "@armature/contracts";
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
    const { value, pos: end, substance, lastBraceOnly } = reader;
    const { changes, issues, count } = reader.departures;
    return {
      status,
      text,
      isStrict,
      node: { value, start, end },
      lastBraceOnly,
      substance,
      weak: reader.weak || isEmpty(value),
      listed: keeps === "changes" || count === 0 ? changes : undefined,
      issues: status === "closed" ? issues.concat(membersBehind(text, end)) : issues,
    };
  } finally {
    reader.clear();
  }
}

/** The value of a reading with its parts, for which the text is read again. */
export function partsOf({ text, isStrict, node: { start } }: Reading): Node {
  try {
    reader.read(text, start, isStrict, "places");
    return nodeOf(reader.value, start, reader.pos, reader.parts);
  } finally {
    reader.clear();
  }
}

/** Departures from JSON that allow only one reading, all of them `lossless`. A long text is read again for them. */
export function changesOf({ text, isStrict, node, listed }: Reading): readonly Change[] {
  return listed ?? readDialect(text, node.start, isStrict, "changes").listed!;
}
