import { hash } from "node:crypto";
import type { ContentDigest, JsonValue } from "@armature/contracts";

/**
 * Hash and size of a content, which may be kept where the content may not. The hash is SHA-256 over the salt, a zero
 * byte and the canonical JSON (object keys in code unit order, no blanks); the size is that of the canonical JSON.
 *
 * @param salt keeps short contents from being guessed back; equal contents have equal hashes only under an equal salt
 */
export function digest(value: JsonValue, salt = ""): ContentDigest {
  const text = canonical(value);
  return { hash: hash("sha256", `${salt}\0${text}`), bytes: Buffer.byteLength(text, "utf8") };
}

function canonical(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] as JsonValue)}`);
  return `{${members.join(",")}}`;
}
