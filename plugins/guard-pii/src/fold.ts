// Look-alikes that people paste or type; one UTF-16 unit each, so that offsets stay.
const LOOK_ALIKES =
  /[\u00a0\u2000-\u200a\u202f\u205f\u3000\u2010-\u2015\u2212\u0660-\u0669\u06f0-\u06f9\uff00-\uff5e\ufe6b]/g;

/** The text with exotic digits, blanks, dashes and full-width forms as ASCII, every offset unchanged. */
export function fold(text: string): string {
  return text.replace(LOOK_ALIKES, (unit) => {
    const code = unit.charCodeAt(0);
    if (code >= 0x0660 && code <= 0x0669) return String(code - 0x0660);
    if (code >= 0x06f0 && code <= 0x06f9) return String(code - 0x06f0);
    if (code > 0xff00 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
    if (code === 0xfe6b) return "@";
    return (code >= 0x2010 && code <= 0x2015) || code === 0x2212 ? "-" : " ";
  });
}
