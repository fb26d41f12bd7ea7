import {
  CONTENT_FIELDS,
  type ContentDigest,
  type ContentField,
  type ContentLevel,
  type ContentPolicy,
  type JsonObject,
  type JsonPath,
  type JsonValue,
} from "@armature/contracts";
import { digest } from "./digest.js";

export type ContentLevels = Readonly<Record<ContentField, ContentLevel>>;

/** The level of every field under a policy. */
export function contentLevels(policy: ContentPolicy): ContentLevels {
  const levelOf = (field: ContentField) => (typeof policy === "string" ? policy : (policy[field] ?? policy.default));
  return Object.fromEntries(CONTENT_FIELDS.map((field) => [field, levelOf(field)])) as ContentLevels;
}

/** What stands in place of a content that is kept as a hash: `sha256:<64 hex digits>:<bytes>`. */
const STAND_IN = /^sha256:[0-9a-f]{64}:\d+$/;

/** Lets contents pass, or puts a hash or nothing in their place, and digests each field of which it held something back. */
export class ContentKeeper {
  readonly #levels: ContentLevels;
  readonly #salt: string;
  readonly #heldBack = new Map<ContentField, JsonValue[]>();

  constructor(levels: ContentLevels, salt: string) {
    this.#levels = levels;
    this.#salt = salt;
  }

  isFull(field: ContentField): boolean {
    return this.#levels[field] === "full";
  }

  text(field: ContentField, text: string): string {
    const kept = this.json(field, text);
    return typeof kept === "string" ? kept : "";
  }

  /** A content that is JSON: as it is, as one stand-in, or as `null`. */
  json(field: ContentField, value: JsonValue): JsonValue {
    const level = this.#levels[field];
    // Nothing has nothing to hide, and what was held back before is not held back again.
    if (level === "full" || value === null || value === "") return value;
    if (typeof value === "string" && STAND_IN.test(value)) return level === "hashes" ? value : null;
    this.#remember(field, value);
    if (level === "none") return null;
    const { hash, bytes } = digest(value, this.#salt);
    return `sha256:${hash}:${bytes}`;
  }

  /** A content that must stay an object: as it is, or empty. */
  object(field: ContentField, value: JsonObject): JsonObject {
    if (this.isFull(field) || Object.keys(value).length === 0) return value;
    this.#remember(field, value);
    return {};
  }

  /** A path without the keys that may be somebody's words; indices stay. */
  path(path: JsonPath): JsonPath {
    return this.isFull("paths") ? path : path.map((key) => (typeof key === "number" ? key : "*"));
  }

  /** Hash and size of each field of which something was held back. */
  digests(): { readonly [field in ContentField]?: ContentDigest } {
    const entries = [...this.#heldBack].map(([field, values]) => [field, digest(values, this.#salt)]);
    return Object.fromEntries(entries) as { [field in ContentField]?: ContentDigest };
  }

  #remember(field: ContentField, value: JsonValue): void {
    const values = this.#heldBack.get(field);
    if (values) values.push(value);
    else this.#heldBack.set(field, [value]);
  }
}
