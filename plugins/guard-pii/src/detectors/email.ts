import type { Detection, Detector } from "../detector.js";

const LOCAL = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]/u;
const LABEL = /[\p{L}\p{N}-]/u;
const TOP_LEVEL = /^(?:\p{L}{2,63}|xn--[a-z0-9-]{2,59})$/iu;
// RFC 5321, 4.5.3.1: 64 octets before the at-sign, 255 after it.
const MAX_LOCAL = 64;
const MAX_DOMAIN = 255;

/** Addresses with a dotted domain. Works outwards from each at-sign, a bounded way, so that no text makes it slow. */
export const email: Detector = {
  label: "EMAIL",
  fewestDigits: 0,
  detect(text) {
    const found: Detection[] = [];
    for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
      const start = localStart(text, at);
      const end = domainEnd(text, at + 1);
      if (start < at && end > at + 1) found.push({ start, end, score: 1 });
    }
    return found;
  },
};

function localStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < MAX_LOCAL && LOCAL.test(text[start - 1] ?? "")) start--;
  // Quotes, dots and slashes in front belong to the sentence, not to the address.
  while (start < at && /[.'`/=]/.test(text[start] ?? "")) start++;
  return start;
}

function domainEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && end - from < MAX_DOMAIN && /[\p{L}\p{N}.-]/u.test(text[end] ?? "")) end++;
  const labels: string[] = [];
  for (const label of text.slice(from, end).split(".")) {
    if (label === "" || label.startsWith("-") || !LABEL.test(label)) break;
    labels.push(label);
  }
  // What follows the last label that can be a top-level domain is the sentence's punctuation.
  while (labels.length > 1 && !TOP_LEVEL.test(labels.at(-1) ?? "")) {
    const trimmed = (labels.at(-1) ?? "").replace(/-{1,255}$/, "");
    labels.pop();
    if (TOP_LEVEL.test(trimmed)) labels.push(trimmed);
  }
  return labels.length > 1 ? from + labels.join(".").length : from;
}
