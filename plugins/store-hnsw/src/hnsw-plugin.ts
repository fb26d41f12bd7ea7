import { DocumentStore, definePlugin, Embedder } from "@armature/contracts";
import { z } from "zod";
import { HnswStore } from "./hnsw-store.js";

const options = z
  .strictObject({
    /** The folder that keeps the snapshots. Without it everything lives in memory. */
    path: z.string().min(1).optional(),
    chunk: z.strictObject({ maxChars: z.int().min(1).default(1200) }).optional(),
  })
  .prefault({});

/** An embedded document store: passages found by the cosine of their vectors, one index for each tenant. */
export const hnswStore = definePlugin({
  name: "store-hnsw",
  contract: 1,
  provides: [DocumentStore],
  requires: [Embedder],
  options,
  async setup({ provide, get, onDispose }, { path, chunk }) {
    const store = new HnswStore({ ...(path !== undefined && { path }), ...(chunk && { chunk }) });
    onDispose(() => store.close());
    await store.verify(get(Embedder));
    provide(DocumentStore, store);
  },
});
