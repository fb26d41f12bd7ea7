import type { RequestRecord } from "@armature/contracts";
import type { Replay } from "@armature/core";
import { diffLines, shortenDiff } from "@armature/prompts";

/** One request and what its replay came to. */
export type Replayed = Replay & { readonly requestId: string; readonly task: string };

/** Lines of a difference that are shown; a prompt with a whole document in it has thousands. */
const DIFFERENCE_LINES = 40;
/** Characters of a line that are shown. */
const LINE_WIDTH = 200;

export function replayed({ requestId, task }: RequestRecord, replay: Replay): Replayed {
  return { requestId, task, ...replay };
}

/** A replay for people: one line, and under it where it first came to something else. */
export function replayLines(one: Replayed): string[] {
  const of = `${one.requestId} (task ${one.task})`;
  if (one.status === "equal") return [`${of} replays to the same: every stage and the result are as recorded.`];
  if (one.status === "unreplayable") return [`${of} cannot be replayed:`, ...one.why.map((why) => `  ${why}`)];
  const { stage, visit, what } = one.divergence;
  const where = visit === 1 ? stage : `${stage}, visit ${visit}`;
  return [
    `${of} first comes to something else in ${where}: ${what} (- recorded, + replayed)`,
    ...textDifference(one.divergence.recorded, one.divergence.replayed).map((line) => `  ${line}`),
  ];
}

/** Two texts line by line: what is gone, what is new, and a little of what is around them. */
export function textDifference(before: string, after: string): string[] {
  const linesOf = (text: string) => (text === "" ? [] : text.split("\n"));
  const lines = shortenDiff(diffLines(linesOf(before), linesOf(after)));
  const shown = lines.slice(0, DIFFERENCE_LINES).map((line) => cut(line));
  return lines.length > shown.length ? [...shown, `(${lines.length - shown.length} more lines)`] : shown;
}

function cut(line: string): string {
  return line.length > LINE_WIDTH ? `${line.slice(0, LINE_WIDTH - 1)}…` : line;
}
