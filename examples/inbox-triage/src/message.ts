/** The headers of one message by lower-cased name; a name that repeats keeps its first value, as mail readers do. */
export type Headers = ReadonlyMap<string, string>;

/** Splits an RFC 5322 message into its headers, folded lines joined, and its body. */
export function splitMessage(raw: string): { headers: Headers; body: string } {
  const text = raw.replace(/\r\n?/g, "\n");
  const end = text.indexOf("\n\n");
  const head = end === -1 ? text : text.slice(0, end);
  const headers = new Map<string, string>();
  for (const line of head.replace(/\n[ \t]+/g, " ").split("\n")) {
    const match = /^([!-9;-~]+):(.*)$/.exec(line);
    const name = match?.[1]?.toLowerCase();
    if (name !== undefined && !headers.has(name)) headers.set(name, (match?.[2] ?? "").trim());
  }
  return { headers, body: end === -1 ? "" : text.slice(end + 2) };
}

const ENCODED_WORD = /=\?([^?*\s]+)(?:\*[^?]*)?\?([bq])\?([^?]*)\?=/gi;

/** Decodes the encoded words of a header (RFC 2047). White space between two of them is no part of the text. */
export function decodeWords(value: string): string {
  return value
    .replace(/(\?=)\s+(?==\?[^?\s]+\?[bq]\?)/gi, "$1")
    .replace(ENCODED_WORD, (word, charset: string, encoding: string, text: string) => {
      const bytes = encoding.toLowerCase() === "b" ? Buffer.from(text, "base64") : quotedBytes(text.replace(/_/g, " "));
      return decodeBytes(bytes, charset) ?? word;
    });
}

/** The bytes of quoted-printable text (RFC 2045, 6.7). */
export function quotedBytes(text: string): Buffer {
  const joined = text.replace(/=[ \t]*\n/g, "");
  return Buffer.from(
    Buffer.from(joined, "utf8")
      .toString("latin1")
      .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
}

/** The text of `bytes`; `undefined` where nobody knows the charset. */
export function decodeBytes(bytes: Buffer, charset: string): string | undefined {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return undefined;
  }
}

export interface Mailbox {
  /** The display name, or the empty string. */
  readonly name: string;
  /** The bare address, or the empty string where the header holds none. */
  readonly address: string;
}

/** Reads a From header of one mailbox: `Name <a@b>`, `a@b (Name)` or `a@b`. */
export function readMailbox(value: string): Mailbox {
  const angled = /^(.*)<([^<>]*)>[^<>]*$/.exec(value);
  if (angled) return { name: plainName(angled[1] ?? ""), address: bareAddress(angled[2] ?? "") };
  const comment = /\(([^()]*)\)/.exec(value);
  const rest = value.replace(/\([^()]*\)/g, " ").trim();
  return { name: plainName(comment?.[1] ?? ""), address: bareAddress(rest) };
}

function plainName(text: string): string {
  return decodeWords(text)
    .replace(/["\\<>]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

function bareAddress(text: string): string {
  const address = text.replace(/\s+/g, "");
  return address.includes("@") ? address : "";
}
