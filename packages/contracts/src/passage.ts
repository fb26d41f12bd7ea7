import type { JsonObject } from "./json.js";
import type { Span } from "./span.js";

/** A piece of a document that a store found. */
export interface Passage extends Span {
  /** Unique in its store: the document's id, and the piece's place in it. */
  readonly id: string;
  readonly documentId: string;
  readonly text: string;
  /** Higher is nearer. Comparable within one store only. */
  readonly score: number;
  readonly store: string;
  readonly metadata?: JsonObject;
}
