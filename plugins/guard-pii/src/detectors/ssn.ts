import type { Detection, Detector } from "../detector.js";
import { isEmbedded } from "../digit-groups.js";

const DIVIDED = /(\d{3})([- ])(\d{2})\2(\d{4})/g;
const NAMED = /\b(?:ssn|social security(?: number| no\.?)?|itin)[^\d\n]{0,20}(\d{3})(\d{2})(\d{4})(?!\d)/gi;

/** United States social security numbers and taxpayer numbers (ITIN): divided ones, and undivided ones that are named. */
export const ssn: Detector = {
  label: "SSN",
  fewestDigits: 9,
  detect(text) {
    const found: Detection[] = [];
    for (const match of text.matchAll(DIVIDED)) {
      const span = { start: match.index, end: match.index + match[0].length };
      const isWhole = !isEmbedded(text, span) && !/[-.]\d|[ ]\d{4}/.test(text.slice(span.end, span.end + 5));
      if (isWhole && isIssued(match[1]!, match[3]!, match[4]!)) {
        found.push({ ...span, score: match[2] === "-" ? 0.95 : 0.7 });
      }
    }
    for (const match of text.matchAll(NAMED)) {
      const end = match.index + match[0].length;
      if (isIssued(match[1]!, match[2]!, match[3]!)) found.push({ start: end - 9, end, score: 0.9 });
    }
    return found;
  },
};

/** Numbers that the administrations do not give out: zero parts, area 666, and 900 on without an ITIN's group. */
function isIssued(area: string, group: string, serial: string): boolean {
  if (area === "000" || area === "666" || group === "00" || serial === "0000") return false;
  const second = Number(group);
  return area < "900" || (second >= 50 && second <= 65) || (second >= 70 && second !== 89 && second !== 93);
}
