import type { CacheKey, RequestContext } from "@armature/contracts";
import type { Neighbour } from "./neighbours.js";

/** What is known of a request between the look into the cache and its answer. */
interface Note {
  readonly tenant: string;
  vector?: Float32Array;
  nearest?: Neighbour;
}

/** Requests that never get an answer leave a note behind; so many are kept. */
const MAX_NOTES = 1_000;

/** So that a request is embedded once, and compared with what was there when it came. */
export class RequestNotes {
  readonly #notes = new Map<string, Note>();

  of(key: CacheKey, context: RequestContext): Note {
    const name = nameOf(key, context);
    let note = this.#notes.get(name);
    if (!note) {
      note = { tenant: key.tenant };
      this.#notes.set(name, note);
      if (this.#notes.size > MAX_NOTES) {
        const [eldest] = this.#notes.keys();
        if (eldest !== undefined) this.#notes.delete(eldest);
      }
    }
    return note;
  }

  take(key: CacheKey, context: RequestContext): Note | undefined {
    const name = nameOf(key, context);
    const note = this.#notes.get(name);
    this.#notes.delete(name);
    return note;
  }

  forget(tenant: string): void {
    for (const [name, note] of this.#notes) if (note.tenant === tenant) this.#notes.delete(name);
  }

  clear(): void {
    this.#notes.clear();
  }
}

// One request may look up several keys: of another prompt, or of another turn.
function nameOf({ tenant, task, promptHash, hash }: CacheKey, { requestId, embedder }: RequestContext): string {
  return JSON.stringify([requestId, tenant, task, promptHash, hash, embedder.id]);
}
