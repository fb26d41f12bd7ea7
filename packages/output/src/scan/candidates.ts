import { MAX_LENGTH, type Reading } from "./node.js";
import { readJson } from "./reader.js";
import { steps } from "./steps.js";

export interface Candidates {
  /** What was read to its end, in the order of the text. */
  readonly complete: readonly Reading[];
  /** What the end of the text cut. */
  readonly cut?: Reading;
  /** What was meant as JSON and is none in any dialect; nothing after it was read. */
  readonly broken?: Reading;
  /** Why reading stopped early. */
  readonly stopped?: "too_deep" | "too_long" | "too_many";
}

/** A stretch of text that is no part of the answer: what begins it, and what ends it. */
interface Draft {
  readonly open: RegExp;
  readonly close: RegExp;
}

const tagged = (name: string): Draft => ({
  open: new RegExp(`<${name}>`, "iy"),
  close: new RegExp(`</${name}>`, "gi"),
});

const TURN = "(?:<\\|im_start\\|>|<\\|start_header_id\\|>|<start_of_turn>|<\\|start\\|>)\\s{0,9}";

/** Drafts in tags, the channel of thoughts of gpt-oss, and the turns of others than the model, where a prompt is echoed. */
const DRAFTS: readonly Draft[] = [
  ...["think", "thinking", "thought", "reasoning", "scratchpad"].map(tagged),
  {
    open: /<\|channel\|>\s{0,9}analysis\b/y,
    close: /<\|(?:end|return|call|start)\|>|<\|channel\|>(?!\s{0,9}analysis)/g,
  },
  {
    open: new RegExp(`${TURN}(?:user|system|developer|tool|ipython)\\b`, "y"),
    close: new RegExp(`${TURN}(?:assistant|model)\\b`, "g"),
  },
];

const DRAFT_CLOSE = /<\/(think|thinking|thought|reasoning|scratchpad)>/iy;

/** Work allowed for false starts, in characters for each character of the text: what keeps the whole linear. */
const FALSE_STARTS = 8;

/** Most candidates that are judged. */
const MOST = 500;

/** Finds every object and array in a model's text: bare, fenced, tagged, in prose. Drafts in think tags do not count. */
export function findCandidates(text: string): Candidates {
  if (text.length > MAX_LENGTH) return { complete: [], stopped: "too_long" };
  let complete: Reading[] = [];
  let wasted = 0;
  let pos = 0;
  while (pos < text.length) {
    steps.count += 1;
    const char = text[pos];
    if (char === "<") {
      const draft = skipDraft(text, pos);
      if (draft === "closing") complete = [];
      if (typeof draft === "number") {
        pos = draft;
        continue;
      }
    }
    if (char !== "{" && char !== "[") {
      pos += 1;
      continue;
    }
    const reading = readJson(text, pos);
    if (reading.status === "too_deep" || reading.status === "too_many") return { complete, stopped: reading.status };
    const proseBracket = reading.status === "unclosed" && char === "[" && reading.weak;
    if (reading.status === "unclosed" && !proseBracket) return { complete, cut: reading };
    if (reading.status === "closed") {
      if (complete.length >= MOST) return { complete, stopped: "too_many" };
      complete.push(reading);
      pos = reading.node.end;
      continue;
    }
    // Parts of a broken answer are not the answer.
    if (reading.status === "failed" && reading.substance) return { complete, broken: reading };
    wasted += (proseBracket ? text.length : reading.node.end) - pos;
    if (wasted > FALSE_STARTS * text.length) return { complete, stopped: "too_many" };
    pos += 1;
  }
  return { complete };
}

/** Where a draft that opens at `at` ends (the end of the text if it never does), or that one closes here. */
function skipDraft(text: string, at: number): number | "closing" | undefined {
  DRAFT_CLOSE.lastIndex = at;
  if (DRAFT_CLOSE.test(text)) return "closing";
  for (const { open, close } of DRAFTS) {
    open.lastIndex = at;
    if (!open.test(text)) continue;
    close.lastIndex = open.lastIndex;
    const end = close.test(text) ? close.lastIndex : text.length;
    steps.count += end - at;
    return end;
  }
  return undefined;
}
