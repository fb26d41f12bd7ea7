import type { Detection, Detector } from "../detector.js";
import { isEmbedded } from "../digit-groups.js";

/**
 * Identity numbers that carry a check character, so that a finding is more than a shape: Spanish DNI and NIE, the
 * Italian codice fiscale, the French NIR.
 */
export const nationalId: Detector = {
  label: "NATIONAL_ID",
  // Letters stand for all digits of a codice fiscale where two persons would have the same.
  fewestDigits: 0,
  detect(text) {
    const found: Detection[] = [];
    for (const { pattern, isValid } of FORMS) {
      for (const match of text.matchAll(pattern)) {
        const span = { start: match.index, end: match.index + match[0].length };
        const compact = match[0].replace(/[ -]/g, "").toUpperCase();
        if (isValid(compact) && !isEmbedded(text, span)) found.push({ ...span, score: 1 });
      }
    }
    return found;
  },
};

const FORMS: readonly { pattern: RegExp; isValid(compact: string): boolean }[] = [
  { pattern: /(?:\d{8}|[XYZ]-?\d{7})-?[A-Z]/gi, isValid: spanish },
  { pattern: /[A-Z]{6}[\dL-NP-V]{2}[A-EHLMPRST][\dL-NP-V]{2}[A-Z][\dL-NP-V]{3}[A-Z]/gi, isValid: italian },
  { pattern: /[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}/gi, isValid: french },
];

/** Real Decreto 1553/2005: the letter is the number modulo 23 in a fixed row; X, Y, Z in front stand for 0, 1, 2. */
function spanish(compact: string): boolean {
  const first = "XYZ".indexOf(compact[0]!);
  const number = Number((first < 0 ? compact[0]! : String(first)) + compact.slice(1, -1));
  return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] === compact.at(-1);
}

// Decreto ministeriale 23 dicembre 1976: what a character at an odd place counts, for A to Z; digits count as A to J.
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

function italian(compact: string): boolean {
  let sum = 0;
  for (let i = 0; i < 15; i++) {
    const unit = compact[i]!;
    const value = /\d/.test(unit) ? Number(unit) : unit.charCodeAt(0) - 65;
    sum += i % 2 === 0 ? ODD[value]! : value;
  }
  return String.fromCharCode(65 + (sum % 26)) === compact[15];
}

/** The key is 97 minus the thirteen digits modulo 97; Corsica's 2A and 2B count as 19 and 18. */
function french(compact: string): boolean {
  const body = compact.slice(0, 13).replace("2A", "19").replace("2B", "18");
  return 97 - (Number(body) % 97) === Number(compact.slice(13));
}
