import type { Candidates } from "./scan/candidates.js";
import type { Reading } from "./scan/node.js";

/**
 * What chat templates put where a turn ends or another one begins. In an answer it means that the model ran on and
 * wrote the rest of the conversation, too.
 */
const TURN_END =
  /<\|(?:im_end|eot_id|eom_id|end|endoftext|return|call|start_header_id)\|>|<\|(?:im_)?start\|>\s*(?:assistant|user|system|tool)|<(?:end|start)_of_turn>|<\/s>/;

/**
 * What tool calls written as text are wrapped in: a tag that says so, or a mark of a chat template. Another tag, such as
 * that of a draft or an example, says nothing of calls.
 */
const CALL_TAG =
  /(?:<\|[\w\u2581-]{1,40}\|>|<[\w-]{0,20}(?:tool|function|invoke|call|action)[\w-]{0,20}(?:=[\w.-]{1,40})?>|\[TOOL_CALLS?\])\s{0,20}$/i;

/** The candidates without those that follow the end of the model's turn. */
export function ownTurn(text: string, found: Candidates): Candidates {
  const { complete, cut, broken } = found;
  // What stands alone follows nothing.
  if (complete.length === 0 || (complete.length === 1 && cut === undefined && broken === undefined)) return found;
  const pieces = [...complete, ...[cut, broken].filter((piece) => piece !== undefined)];
  const next = pieces.findIndex((piece, index) => {
    return index > 0 && TURN_END.test(text.slice(pieces[index - 1]!.node.end, piece.node.start));
  });
  return next === -1 ? found : { complete: complete.slice(0, next) };
}

/** Whether a candidate is a tool call in its tag: several such are one after another, not one instead of another. */
export function isTaggedCall(text: string, { node }: Reading): boolean {
  return CALL_TAG.test(text.slice(Math.max(0, node.start - 64), node.start));
}
