import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type {
  Document,
  DocumentQuery,
  DocumentStore,
  ErasureReceipt,
  MeteredEmbedder,
  Passage,
  RequestContext,
} from "@armature/contracts";
import { IndexThread } from "./index-thread.js";
import { folderName, isMissing, mismatch, readManifest } from "./manifest.js";
import { type LocatedHit, Namespace, wrongEmbedder } from "./namespace.js";
import { removeSnapshot } from "./snapshot.js";

export interface HnswStoreOptions {
  /** The folder that keeps the snapshots, for one process at a time. Without it everything lives in memory. */
  readonly path?: string;
  readonly chunk?: {
    /** The most UTF-16 units of a passage; 1200 by default, about 300 tokens of English. */
    readonly maxChars?: number;
  };
}

const NAME = "store-hnsw";

/** A document store with one HNSW index for each tenant. What has resolved is on disk, where there is a path. */
export class HnswStore implements DocumentStore {
  readonly name = NAME;
  readonly #root: string | undefined;
  readonly #maxChars: number;
  readonly #namespaces = new Map<string | null, Namespace>();
  // Without its thread no namespace has an index: all are read again.
  readonly #thread = new IndexThread(() => this.#namespaces.clear());

  constructor({ path, chunk }: HnswStoreOptions = {}) {
    this.#root = path === undefined ? undefined : resolve(path);
    this.#maxChars = chunk?.maxChars ?? 1200;
  }

  /**
   * Looks at every snapshot on disk before the first request. Throws `CONFIG_INVALID` for those of another embedder,
   * `RETRIEVAL_FAILED` for an unreadable one; finishes erasures that a kill interrupted.
   */
  async verify(embedder: Pick<MeteredEmbedder, "id" | "dimensions">): Promise<void> {
    if (this.#root === undefined) return;
    const problems: string[] = [];
    for (const name of await foldersIn(this.#root)) {
      const folder = join(this.#root, name);
      const manifest = await readManifest(folder);
      if (!manifest) await removeSnapshot(folder);
      const problem = manifest && mismatch(manifest, embedder);
      if (problem) problems.push(`${folder}: ${problem}`);
    }
    if (problems.length > 0) throw wrongEmbedder(problems.join("; "));
  }

  async add(documents: readonly Document[], context: RequestContext): Promise<void> {
    await this.#namespace(context).add(documents, context);
  }

  async search(query: DocumentQuery, context: RequestContext): Promise<Passage[]> {
    const hits = await this.#namespace(context).search(query, context);
    return hits.map(toPassage);
  }

  delete(ids: readonly string[], context: RequestContext): Promise<number> {
    return this.#namespace(context).delete(ids, context);
  }

  async erase(context: RequestContext): Promise<ErasureReceipt> {
    return { from: NAME, removed: await this.#namespace(context).erase() };
  }

  /** Waits for the writes in progress and ends the index thread. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#namespaces.values(), (namespace) => namespace.idle()));
    await this.#thread.close();
  }

  #namespace({ tenant = null }: { readonly tenant?: string | null }): Namespace {
    const present = this.#namespaces.get(tenant);
    if (present) return present;
    const namespace = new Namespace({
      tenant,
      maxChars: this.#maxChars,
      thread: this.#thread,
      ...(this.#root !== undefined && { folder: join(this.#root, folderName(tenant)) }),
    });
    this.#namespaces.set(tenant, namespace);
    return namespace;
  }
}

function toPassage({ document, number, start, end, score }: LocatedHit): Passage {
  return {
    id: `${document.id}#${number}`,
    documentId: document.id,
    text: document.text.slice(start, end),
    start,
    end,
    score,
    store: NAME,
    ...(document.metadata && { metadata: structuredClone(document.metadata) }),
  };
}

// Only folders that this store has named: whatever else lies there is not ours to judge or remove.
async function foldersIn(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() && /^[0-9a-f]{40}$/.test(entry.name)).map(({ name }) => name);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
