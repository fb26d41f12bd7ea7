import type {
  Answer,
  Cache,
  CacheEntry,
  CacheHit,
  CacheKey,
  ErasureReceipt,
  ErasureScope,
  RequestContext,
} from "@armature/contracts";
import type { Agreement } from "./agreement.js";
import { type Earlier, Neighbours } from "./neighbours.js";
import { RequestNotes } from "./request-notes.js";
import { sameAnswer } from "./same-answer.js";
import { unitVector } from "./unit-vector.js";

export interface SemanticCacheSettings {
  /** Serve what is at least this near (cosine); `undefined` measures only, and serves nothing. */
  readonly threshold: number | undefined;
  /** Where a cache that serves nothing notes what it has measured. */
  readonly agreement?: Agreement | undefined;
  /** Whether an earlier answer does for a new request; equal JSON or words by default. */
  readonly agrees?: ((earlier: Answer, now: Answer) => boolean) | undefined;
  /** Milliseconds after which an entry is no longer served. */
  readonly ttlMs: number;
  /** Entries of one namespace: tenant, task, prompt hash, route and embedder. */
  readonly maxEntries: number;
  /** Namespaces over all tenants; the least recently used goes first. */
  readonly maxNamespaces: number;
}

interface Namespace {
  readonly tenant: string;
  readonly neighbours: Neighbours;
}

/** Answers to requests that mean nearly the same, in the process. */
export class SemanticCache implements Cache {
  readonly name = "cache-semantic";
  readonly shadow: boolean;
  readonly #namespaces = new Map<string, Namespace>();
  readonly #notes = new RequestNotes();
  #erasures = 0;

  constructor(private readonly settings: SemanticCacheSettings) {
    this.shadow = settings.threshold === undefined;
  }

  async get(key: CacheKey, context: RequestContext): Promise<CacheHit | undefined> {
    const { threshold } = this.settings;
    const now = context.clock.now();
    const equal = threshold === undefined ? undefined : this.#find(key, context)?.equal(key.hash, now);
    if (equal) return hitOf(equal, 1);
    // Also where there is nothing yet to compare it with: an answer is kept at the end of a request, in little time.
    const vector = await this.#embed(key, context);
    const neighbours = this.#find(key, context);
    if (threshold === undefined) {
      const nearest = neighbours?.nearest(vector, key.text, now, key.hash);
      if (nearest) this.#notes.of(key, context).nearest = nearest;
      return undefined;
    }
    const nearest = neighbours?.nearest(vector, key.text, now);
    if (!nearest || nearest.similarity < threshold) return undefined;
    this.#notes.take(key, context);
    return hitOf(nearest.earlier, nearest.similarity);
  }

  async set(key: CacheKey, entry: CacheEntry, context: RequestContext): Promise<void> {
    const erasures = this.#erasures;
    const json = JSON.stringify(entry);
    const vector = await this.#embed(key, context);
    const note = this.#notes.take(key, context);
    // Somebody was forgotten meanwhile, perhaps this one: an entry less is no harm.
    if (erasures !== this.#erasures) return;
    if (note?.nearest) {
      const { earlier, similarity } = note.nearest;
      const { answer } = JSON.parse(earlier.json) as CacheEntry;
      const same = (this.settings.agrees ?? sameAnswer)(answer, entry.answer);
      this.settings.agreement?.note(key.task, { similarity, same });
    }
    const { user, thread } = context;
    const expiresAt = context.clock.now() + this.settings.ttlMs;
    this.#open(key, context).put({ hash: key.hash, text: key.text, user, thread, json, expiresAt }, vector);
  }

  async erase(scope: ErasureScope): Promise<ErasureReceipt> {
    this.#erasures++;
    this.#notes.forget(scope.tenant);
    let removed = 0;
    for (const [name, { tenant, neighbours }] of this.#namespaces) {
      if (tenant !== scope.tenant) continue;
      removed += neighbours.remove(
        ({ user, thread }) =>
          (scope.user === undefined || scope.user === user) && (scope.thread === undefined || scope.thread === thread),
      );
      if (neighbours.size === 0) this.#namespaces.delete(name);
    }
    return { from: this.name, removed: { entries: removed, vectors: removed } };
  }

  clear(): void {
    this.#namespaces.clear();
    this.#notes.clear();
  }

  async #embed(key: CacheKey, context: RequestContext): Promise<Float32Array> {
    const note = this.#notes.of(key, context);
    const { embedder } = context;
    note.vector ??= unitVector(await embedder.embed([key.text]), embedder.dimensions);
    return note.vector;
  }

  #find(key: CacheKey, context: RequestContext): Neighbours | undefined {
    const name = nameOf(key, context);
    const namespace = this.#namespaces.get(name);
    if (!namespace) return undefined;
    this.#namespaces.delete(name);
    this.#namespaces.set(name, namespace);
    return namespace.neighbours;
  }

  #open(key: CacheKey, context: RequestContext): Neighbours {
    const found = this.#find(key, context);
    if (found) return found;
    const neighbours = new Neighbours(context.embedder.dimensions, this.settings.maxEntries);
    this.#namespaces.set(nameOf(key, context), { tenant: key.tenant, neighbours });
    if (this.#namespaces.size > this.settings.maxNamespaces) {
      const [eldest] = this.#namespaces.keys();
      if (eldest !== undefined) this.#namespaces.delete(eldest);
    }
    return neighbours;
  }
}

// A list in JSON, not a joined text: no part can reach into the next. Vectors of two embedders are not comparable.
function nameOf({ tenant, task, promptHash, route }: CacheKey, { embedder }: RequestContext): string {
  return JSON.stringify([tenant, task, promptHash, route, embedder.id]);
}

function hitOf({ json }: Earlier, similarity: number): CacheHit {
  return { entry: JSON.parse(json) as CacheEntry, similarity };
}
