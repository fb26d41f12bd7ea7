import type { Detection, Detector } from "../detector.js";
import { isEmbedded } from "../digit-groups.js";

const START = /[A-Z]{2}\d{2}/gi;

/** International bank account numbers: the country's length and the checksum of ISO 13616 (ISO 7064 MOD 97-10). */
export const iban: Detector = {
  label: "IBAN",
  fewestDigits: 2,
  detect(text) {
    const found: Detection[] = [];
    for (const match of text.matchAll(START)) {
      const length = LENGTHS[match[0].slice(0, 2).toUpperCase()];
      if (length === undefined) continue;
      const account = take(text, match.index, length);
      if (account && mod97(account.compact) && !isEmbedded(text, account)) {
        found.push({ start: account.start, end: account.end, score: 1 });
      }
    }
    return found;
  },
};

/** `length` letters and digits from `start` on, single blanks or dashes between them left out. */
function take(text: string, start: number, length: number) {
  let units = 0;
  let end = start;
  for (let wasGap = true; units < length; end++) {
    if (isAlphanumeric(text.charCodeAt(end))) {
      units++;
      wasGap = false;
    } else if (!wasGap && (text[end] === " " || text[end] === "-")) {
      wasGap = true;
    } else {
      return undefined;
    }
  }
  return { compact: text.slice(start, end).replace(/[ -]/g, "").toUpperCase(), start, end };
}

function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

function mod97(account: string): boolean {
  let rest = 0;
  for (const unit of account.slice(4) + account.slice(0, 4)) {
    const value = Number.parseInt(unit, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

// Letters and digits of an account number by country, after the IBAN registry of ISO 13616.
const LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  [
    "NO15 BE16 BI27 DK18 FI18 FK18 FO18 GL18 NL18 SD18 MK19 SI19",
    "AT20 BA20 EE20 KZ20 LT20 LU20 MN20 XK20 CH21 HR21 LI21 LV21",
    "BG22 BH22 CR22 DE22 GB22 GE22 IE22 ME22 RS22 VA22 AE23 GI23 IL23 IQ23 OM23 SO23 TL23",
    "AD24 CZ24 ES24 MD24 PK24 RO24 SA24 SE24 SK24 TN24 VG24 LY25 PT25 ST25 IS26 TR26",
    "DJ27 FR27 GR27 IT27 MC27 MR27 SM27 AL28 AZ28 BY28 CY28 DO28 GT28 HU28 LB28 NI28 PL28 SV28",
    "BR29 EG29 PS29 QA29 UA29 JO30 KW30 MU30 MT31 SC31 LC32 RU33",
  ]
    .join(" ")
    .split(" ")
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);
