import type { Detection, Detector } from "./detector.js";
import { card } from "./detectors/card.js";
import { email } from "./detectors/email.js";
import { iban } from "./detectors/iban.js";
import { ip } from "./detectors/ip.js";
import { nationalId } from "./detectors/national-id.js";
import { phone } from "./detectors/phone.js";
import { ssn } from "./detectors/ssn.js";
import { fold } from "./fold.js";
import { PII_KINDS, type PiiKind } from "./kind.js";

const DETECTORS: Readonly<Record<PiiKind, Detector>> = { email, phone, card, iban, ssn, ip, "national-id": nationalId };

/** A span of a text that holds personal data. */
export interface PiiSpan extends Detection {
  readonly label: string;
}

/** Finds personal data in `text`, in the order of the text; no two spans overlap. Linear in the length of the text. */
export function detectPii(text: string, kinds: readonly PiiKind[] = PII_KINDS): PiiSpan[] {
  const folded = fold(text);
  const digits = digitsIn(folded);
  const spans = kinds.flatMap((kind) => {
    const { label, fewestDigits, detect } = DETECTORS[kind];
    return digits < fewestDigits ? [] : detect(folded).map((detection) => ({ ...detection, label }));
  });
  return merge(spans);
}

function digitsIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) count += 1;
  }
  return count;
}

/**
 * Joins what overlaps into one span under the label that is surest, longest where two are equally sure. The union, not
 * the winner alone: what any detector saw must not stay behind as a fragment.
 */
function merge(spans: readonly PiiSpan[]): PiiSpan[] {
  const merged: PiiSpan[] = [];
  let winner: PiiSpan | undefined;
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (!last || !winner || span.start >= last.end) {
      merged.push(span);
      winner = span;
      continue;
    }
    if (isSurer(span, winner)) winner = span;
    merged[merged.length - 1] = {
      start: last.start,
      end: Math.max(last.end, span.end),
      label: winner.label,
      score: winner.score,
    };
  }
  return merged;
}

function isSurer(a: PiiSpan, b: PiiSpan): boolean {
  return a.score === b.score ? a.end - a.start > b.end - b.start : a.score > b.score;
}
