import { isDeepStrictEqual } from "node:util";
import type { Document, DocumentQuery, Span } from "@armature/contracts";

interface StoredPassage extends Span {
  /** Its vector's name in the index; never used twice in a namespace. */
  readonly label: number;
}

export interface StoredDocument extends Document {
  readonly passages: readonly StoredPassage[];
}

export interface LocatedPassage extends StoredPassage {
  readonly document: StoredDocument;
  /** Its place in the document, 0 for the first. */
  readonly number: number;
}

/** The documents of one namespace and which label stands for which of their passages. */
export class Catalog {
  readonly #documents = new Map<string, StoredDocument>();
  readonly #located = new Map<number, LocatedPassage>();
  #nextLabel: number;

  constructor(documents: readonly StoredDocument[] = [], nextLabel = 0) {
    this.#nextLabel = nextLabel;
    for (const document of documents) this.#insert(document);
  }

  get documents(): readonly StoredDocument[] {
    return [...this.#documents.values()];
  }

  get passageCount(): number {
    return this.#located.size;
  }

  get nextLabel(): number {
    return this.#nextLabel;
  }

  /** Whether exactly this document is there already. */
  holds({ id, text, metadata }: Document): boolean {
    const present = this.#documents.get(id);
    return present !== undefined && present.text === text && isDeepStrictEqual(present.metadata, metadata);
  }

  /** The form in which a document will be stored, under labels of its own; nothing is stored yet. */
  label(document: Document, spans: readonly Span[]): StoredDocument {
    return { ...document, passages: spans.map(({ start, end }) => ({ start, end, label: this.#nextLabel++ })) };
  }

  /** Stores the document in place of one with its id. Returns whether that one had passages. */
  put(document: StoredDocument): boolean {
    const replaced = this.remove(document.id);
    this.#insert(document);
    return (replaced?.passages.length ?? 0) > 0;
  }

  remove(id: string): StoredDocument | undefined {
    const document = this.#documents.get(id);
    this.#documents.delete(id);
    for (const { label } of document?.passages ?? []) this.#located.delete(label);
    return document;
  }

  locate(label: number): LocatedPassage | undefined {
    return this.#located.get(label);
  }

  /** The labels of all passages whose document's metadata has each of these values. */
  labels(where: DocumentQuery["where"] = {}): Uint32Array {
    const wanted = Object.entries(where);
    const labels: number[] = [];
    for (const { metadata = {}, passages } of this.#documents.values()) {
      const fits = wanted.every(
        ([key, value]) => Object.hasOwn(metadata, key) && isDeepStrictEqual(metadata[key], value),
      );
      if (fits) for (const { label } of passages) labels.push(label);
    }
    return Uint32Array.from(labels);
  }

  #insert(document: StoredDocument): void {
    this.#documents.set(document.id, document);
    document.passages.forEach((passage, number) => {
      this.#located.set(passage.label, { ...passage, document, number });
    });
  }
}
