/** A stored row, as it was read back from the database. */
export interface StoredRow {
  readonly sender: unknown;
  readonly subject: unknown;
  /** JSON text of a list. */
  readonly amounts: unknown;
}

/**
 * What is wrong with a stored row, judged by the message as it arrived. It reads headers and amounts in its own way:
 * a mistake of the readers, the rules or the guards must not repeat itself here.
 */
export function wrongFields(row: StoredRow, raw: string, body: string): string[] {
  const wrong: string[] = [];
  if (typeof row.sender !== "string" || !isSender(row.sender, headerOf(raw, "From"))) wrong.push("sender");
  if (typeof row.subject !== "string" || squeeze(row.subject) !== squeeze(headerOf(raw, "Subject")))
    wrong.push("subject");
  if (!amountsAreThere(row.amounts, body)) wrong.push("amounts");
  return wrong;
}

/** The value of a header, found line by line. */
function headerOf(raw: string, name: string): string {
  const value: string[] = [];
  for (const line of raw.split("\n").map((one) => one.replace(/\r$/, ""))) {
    if (line === "") break;
    const continues = line.startsWith(" ") || line.startsWith("\t");
    if (value.length > 0 && !continues) break;
    if (value.length > 0) value.push(line.trim());
    else if (line.slice(0, name.length + 1).toLowerCase() === `${name.toLowerCase()}:`)
      value.push(line.slice(name.length + 1));
  }
  return value.join(" ");
}

/** The mailbox is what stands in the last pair of angle brackets, or what is left without comments. */
function isSender(sender: string, header: string): boolean {
  const open = header.lastIndexOf("<");
  const close = header.indexOf(">", open);
  const mailbox = open !== -1 && close !== -1 ? header.slice(open + 1, close) : header.replace(/\(.*?\)/g, "");
  return mailbox.trim().toLowerCase() === sender.trim().toLowerCase();
}

/** Encoded words opened, then nothing but what is not white space: folding must not count as a difference. */
function squeeze(text: string): string {
  const parts = text.split(/(=\?[^?]+\?[bBqQ]\?[^?]*\?=)/);
  const opened = parts.map((part, index) => {
    if (index % 2 === 0) return part;
    const [, charset = "", encoding = "", content = ""] = part.split("?");
    const percent = content
      .replaceAll("%", "%25")
      .replaceAll("_", " ")
      .replace(/=(?=[0-9a-fA-F]{2})/g, "%");
    const bytes = encoding.toUpperCase() === "B" ? Buffer.from(content, "base64") : percentBytes(percent);
    return /^utf-?8$/i.test(charset) ? bytes.toString("utf8") : new TextDecoder(charset).decode(bytes);
  });
  return opened.join("").replace(/\s/g, "");
}

function percentBytes(text: string): Buffer {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "%") bytes.push(Number.parseInt(text.slice(at + 1, at + 3), 16));
    else bytes.push(text.charCodeAt(at));
    if (text[at] === "%") at += 2;
  }
  return Buffer.from(bytes);
}

function amountsAreThere(json: unknown, body: string): boolean {
  if (typeof json !== "string") return false;
  const amounts: unknown = JSON.parse(json);
  if (!Array.isArray(amounts)) return false;
  const text = body.replace(/\s+/g, " ").toLowerCase();
  return amounts.every(
    (amount) => typeof amount === "string" && standsIn(amount.trim().replace(/\s+/g, " ").toLowerCase(), text),
  );
}

/** Whether `amount` occurs in `text` as a whole number: not as the beginning or end of a longer one. */
function standsIn(amount: string, text: string): boolean {
  if (!/\d/.test(amount)) return false;
  for (let at = text.indexOf(amount); at !== -1; at = text.indexOf(amount, at + 1)) {
    const before = text.slice(Math.max(0, at - 1), at);
    const after = text.slice(at + amount.length, at + amount.length + 2);
    if (!/\d/.test(before) && !/^\d|^[.,]\d/.test(after)) return true;
  }
  return false;
}
