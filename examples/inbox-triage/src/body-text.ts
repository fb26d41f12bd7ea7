import { decodeBytes, type Headers, quotedBytes, splitMessage } from "./message.js";

/** Parts may nest; no sane message goes deeper. */
const DEEPEST = 5;

/** The readable text of a message: its first plain part, or its HTML without the tags. */
export function bodyText(headers: Headers, body: string): string {
  const found = textParts(headers, body, DEEPEST);
  const best = found.find((part) => !part.html) ?? found[0];
  if (!best) return "";
  return (best.html ? withoutTags(best.text) : best.text)
    .replace(/[ \t]+/g, " ")
    .replace(/\s*\n\s*\n\s*/g, "\n\n")
    .trim();
}

interface TextPart {
  readonly html: boolean;
  readonly text: string;
}

function textParts(headers: Headers, body: string, depth: number): TextPart[] {
  const type = headers.get("content-type") ?? "text/plain";
  const boundary = parameter(type, "boundary");
  if (/^multipart\//i.test(type) && boundary && depth > 0) {
    const pieces = `\n${body}`.split(`\n--${boundary}`).slice(1);
    return pieces
      .filter((piece) => !piece.startsWith("--"))
      .flatMap((piece) => {
        const part = splitMessage(piece.replace(/^[^\n]*\n/, ""));
        return textParts(part.headers, part.body, depth - 1);
      });
  }
  if (!/^text\b/i.test(type)) return [];
  const text = decoded(body, headers.get("content-transfer-encoding") ?? "", parameter(type, "charset") ?? "latin1");
  return [{ html: /^text\/html/i.test(type) || /^\s*<(!doctype|html)/i.test(text), text }];
}

function parameter(header: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;]+))`, "i").exec(header);
  return match?.[1] ?? match?.[2];
}

function decoded(body: string, encoding: string, charset: string): string {
  switch (encoding.toLowerCase()) {
    case "quoted-printable":
      return decodeBytes(quotedBytes(body), charset) ?? body;
    case "base64":
      return decodeBytes(Buffer.from(body, "base64"), charset) ?? body;
    default:
      return body;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  nbsp: " ",
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  pound: "£",
  euro: "€",
};

function withoutTags(html: string): string {
  return html
    .replace(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, " ")
    .replace(/<!--[\s\S]*?-->/g, " ")
    .replace(/<(br|p|div|tr|li|h\d)\b[^>]*>/gi, "\n")
    .replace(/<[^>]*>/g, " ")
    .replace(/&(\w+);/g, (entity, name: string) => ENTITIES[name.toLowerCase()] ?? entity);
}
