import { randomUUID } from "node:crypto";
import {
  ArmatureError,
  type Document,
  type DocumentQuery,
  type MeteredEmbedder,
  type Passage,
  type RequestContext,
} from "@armature/contracts";
import { Catalog, type LocatedPassage } from "./catalog.js";
import { chunk } from "./chunk.js";
import type { IndexThread } from "./index-thread.js";
import { mismatch, readManifest, unreadable } from "./manifest.js";
import { readSnapshot, removeLeftovers, removeSnapshot, writeSnapshot } from "./snapshot.js";
import { unitVectors } from "./unit-vectors.js";
import { WriterQueue } from "./writer-queue.js";

const EMBED_AT_ONCE = 256;

interface NamespaceOptions {
  readonly tenant: string | null;
  /** Where its snapshots are; without it the namespace lives in memory. */
  readonly folder?: string;
  readonly maxChars: number;
  readonly thread: IndexThread;
}

type EmbedderIdentity = Pick<MeteredEmbedder, "id" | "dimensions">;

/** The documents of one tenant: one index, one catalog, one writer. */
export class Namespace {
  readonly #options: NamespaceOptions;
  // A name that no other namespace has had, so that what is still asked of an old index never meets a new one.
  readonly #index = randomUUID();
  readonly #queue = new WriterQueue(
    () => this.#commit(),
    () => this.#unload(),
  );
  #catalog = new Catalog();
  #embedder: EmbedderIdentity | undefined;
  #loading: Promise<void> | undefined;
  #generation = 0;
  #isDirty = false;

  constructor(options: NamespaceOptions) {
    this.#options = options;
  }

  add(documents: readonly Document[], context: RequestContext): Promise<void> {
    return this.#queue.run(async () => {
      await this.#load(context);
      const last = new Map(documents.map((document) => [document.id, document]));
      const fresh = [...last.values()].filter((document) => !this.#catalog.holds(document));
      if (fresh.length === 0) return;
      const labelled = fresh.map((document) => this.#catalog.label(structuredClone(document), this.#cut(document)));
      const passages = labelled.flatMap(({ text, passages }) =>
        passages.map(({ start, end, label }) => ({ label, text: text.slice(start, end) })),
      );
      const vectors = await embed(passages, context);
      context.signal.throwIfAborted();
      this.#isDirty = true;
      const labels = Uint32Array.from(passages, ({ label }) => label);
      await this.#options.thread.ask({ op: "add", index: this.#index, labels, vectors });
      const replaced = labelled.map((document) => this.#catalog.put(document));
      if (replaced.includes(true)) await this.#dropOthers();
    });
  }

  async search(query: DocumentQuery, context: RequestContext): Promise<LocatedHit[]> {
    await this.#load(context);
    const { text, limit, where } = query;
    if (limit < 1 || this.#catalog.passageCount === 0) return [];
    const vector = await embed([{ text }], context);
    // An erasure may have taken the index away meanwhile.
    await this.#load(context);
    const find = (allowed?: Uint32Array) =>
      this.#options.thread.ask({ op: "search", index: this.#index, vector, limit, ...(allowed && { allowed }) });
    let hits = await find(where && this.#catalog.labels(where));
    // A write in progress has vectors in the index that are not, or no longer, passages.
    if (hits.some(({ label }) => !this.#catalog.locate(label))) hits = await find(this.#catalog.labels(where));
    return hits.flatMap(({ label, score }) => {
      const passage = this.#catalog.locate(label);
      return passage ? [{ ...passage, score }] : [];
    });
  }

  delete(ids: readonly string[], context: RequestContext): Promise<number> {
    return this.#queue.run(async () => {
      await this.#load(context);
      const removed = [...new Set(ids)].flatMap((id) => this.#catalog.remove(id) ?? []);
      if (removed.length === 0) return 0;
      this.#isDirty = true;
      if (removed.some(({ passages }) => passages.length > 0)) await this.#dropOthers();
      return removed.length;
    });
  }

  /** Works on unreadable files and on those of another embedder too: they must go all the same. */
  erase(): Promise<{ documents: number; vectors: number }> {
    return this.#queue.run(async () => {
      const { folder } = this.#options;
      const manifest = folder && !this.#loading ? await readManifest(folder).catch(() => undefined) : undefined;
      const removed = {
        documents: manifest?.documents ?? this.#catalog.documents.length,
        vectors: manifest?.passages ?? this.#catalog.passageCount,
      };
      if (folder) await removeSnapshot(folder);
      // A search may have begun to read the files before they went.
      await this.#loading?.catch(() => undefined);
      await this.#unload();
      return removed;
    });
  }

  /** Resolves when every write that was asked for has ended. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  #cut({ text }: Document) {
    return chunk(text, this.#options.maxChars);
  }

  /** Leaves in the index what the catalog holds. */
  #dropOthers(): Promise<undefined> {
    return this.#options.thread.ask({ op: "keep", index: this.#index, labels: this.#catalog.labels() });
  }

  async #load({ embedder }: RequestContext): Promise<void> {
    this.#loading ??= this.#read({ id: embedder.id, dimensions: embedder.dimensions }).catch((error) => {
      this.#loading = undefined;
      throw error;
    });
    await this.#loading;
    const present = this.#embedder;
    if (present && present.id !== embedder.id) {
      throw new ArmatureError(
        "CONFIG_INVALID",
        `store-hnsw holds vectors of the embedder "${present.id}" and was asked with "${embedder.id}".`,
        { plugin: "store-hnsw" },
      );
    }
  }

  async #read(embedder: EmbedderIdentity): Promise<void> {
    const { folder, tenant, thread } = this.#options;
    const manifest = folder ? await readManifest(folder) : undefined;
    if (!folder || !manifest) {
      await thread.ask({ op: "create", index: this.#index, dimensions: embedder.dimensions });
    } else {
      if (manifest.tenant !== tenant) throw unreadable(folder, new Error("It belongs to another tenant."));
      const problem = mismatch(manifest, embedder);
      if (problem) throw wrongEmbedder(`${folder}: ${problem}`);
      this.#catalog = await readSnapshot(folder, thread, this.#index, manifest);
      this.#generation = manifest.generation;
      await removeLeftovers(folder, manifest);
    }
    this.#embedder = embedder;
  }

  async #commit(): Promise<void> {
    const { folder, tenant, thread } = this.#options;
    if (!this.#isDirty) return;
    if (folder && this.#embedder) {
      this.#generation = await writeSnapshot(folder, thread, this.#index, {
        tenant,
        embedder: this.#embedder.id,
        dimensions: this.#embedder.dimensions,
        follows: this.#generation,
        catalog: this.#catalog,
      });
    }
    this.#isDirty = false;
  }

  /** Forgets what is in memory; the next call reads what is on disk. */
  async #unload(): Promise<void> {
    this.#catalog = new Catalog();
    this.#embedder = undefined;
    this.#loading = undefined;
    this.#generation = 0;
    this.#isDirty = false;
    await this.#options.thread.ask({ op: "drop", index: this.#index }).catch(() => undefined);
  }
}

export type LocatedHit = LocatedPassage & Pick<Passage, "score">;

/** The error for snapshots whose vectors the application's embedder cannot be compared with. */
export function wrongEmbedder(where: string): ArmatureError {
  return new ArmatureError(
    "CONFIG_INVALID",
    `store-hnsw cannot use ${where}. Configure that embedder, or erase the folder and add the documents again.`,
    { plugin: "store-hnsw" },
  );
}

async function embed(texts: readonly { readonly text: string }[], { embedder }: RequestContext): Promise<Float32Array> {
  const result = new Float32Array(texts.length * embedder.dimensions);
  for (let start = 0; start < texts.length; start += EMBED_AT_ONCE) {
    const part = texts.slice(start, start + EMBED_AT_ONCE).map(({ text }) => text);
    const vectors = unitVectors(await embedder.embed(part), part.length, embedder.dimensions);
    result.set(vectors, start * embedder.dimensions);
  }
  return result;
}
