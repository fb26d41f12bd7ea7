import type { Document } from "./document.js";
import type { ErasureReceipt } from "./erasure.js";
import type { JsonValue } from "./json.js";
import type { Passage } from "./passage.js";
import type { RequestContext } from "./request-context.js";
import { many } from "./token.js";

export interface DocumentQuery {
  readonly text: string;
  /** The most passages to return. */
  readonly limit: number;
  /** Only documents whose metadata has each of these values. */
  readonly where?: { readonly [key: string]: JsonValue };
}

/**
 * Keeps documents and finds their passages. The namespace is `context.tenant`, compared exactly; without a tenant it
 * is a namespace of its own that no tenant sees.
 */
export interface DocumentStore {
  readonly name: string;
  /** Adds or replaces. What has resolved is found by the next search. */
  add(documents: readonly Document[], context: RequestContext): Promise<void>;
  /** Nearest first. */
  search(query: DocumentQuery, context: RequestContext): Promise<Passage[]>;
  /** How many documents went; an unknown id is not an error. */
  delete(ids: readonly string[], context: RequestContext): Promise<number>;
  /** Removes everything of `context.tenant`: text, vectors, files. */
  erase(context: RequestContext): Promise<ErasureReceipt>;
  /** Names the present content of the index that `search` reads; it moves with every change. For the record. */
  version?(context: RequestContext): Promise<string>;
}

export const DocumentStore = many<DocumentStore>("DocumentStore", {
  name: "string",
  add: "function",
  search: "function",
  delete: "function",
  erase: "function",
});
