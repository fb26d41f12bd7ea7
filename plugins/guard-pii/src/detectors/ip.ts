import { isIP } from "node:net";
import type { Detection, Detector } from "../detector.js";

// What every address holds: digits around a dot, or two colons with one group at most between them. Prose is full of runs
// of the letters a to f, and few texts have this.
const SIGN = /\d\.\d|:[0-9a-f]{0,4}:/i;
// The longest address is 45 characters; a longer run is something else.
const RUN = /[0-9a-f:.]{2,}/gi;
const NOBODY = /^(?:0\.0\.0\.0|127\.|255\.255\.255\.255$)/;

/** IPv4 and IPv6 addresses, but not those that point at no one: loopback, unspecified, broadcast. */
export const ip: Detector = {
  label: "IP",
  fewestDigits: 1,
  detect(text) {
    const found: Detection[] = [];
    if (!SIGN.test(text)) return found;
    for (const match of text.matchAll(RUN)) {
      if (!SIGN.test(match[0])) continue;
      const start = match.index + leading(match[0]);
      const address = text.slice(start, match.index + match[0].length).replace(/[.:]{1,8}$/, "");
      const end = start + address.length;
      if (/[\p{L}\p{N}_]/u.test(text[start - 1] ?? " ") || /[\p{L}\p{N}_]/u.test(text[end] ?? " ")) continue;
      const bare = address.replace(/:\d{1,5}$/, "");
      if (address.length <= 45 && isPersonal(address)) found.push({ start, end, score: 0.95 });
      else if (isIP(bare) === 4 && isPersonal(bare)) found.push({ start, end: start + bare.length, score: 0.95 });
    }
    return found;
  },
};

/** A colon or dot in front is punctuation, unless two colons open an IPv6 address. */
function leading(run: string): number {
  if (run.startsWith("::")) return 0;
  return run.startsWith(":") || run.startsWith(".") ? 1 : 0;
}

function isPersonal(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !NOBODY.test(address);
  // `ab::cd` is an address by the letter of the grammar, and rather a name in somebody's code.
  return version === 6 && address !== "::1" && /\d/.test(address) && address.length >= 4;
}
