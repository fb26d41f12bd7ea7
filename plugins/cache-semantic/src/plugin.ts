import { type Answer, Cache, definePlugin, Embedder } from "@armature/contracts";
import { z } from "zod";
import { Agreement } from "./agreement.js";
import { SemanticCache } from "./semantic-cache.js";

const bounds = {
  /** Milliseconds after which an entry is no longer served; one hour by default. */
  ttlMs: z.int().positive().default(3_600_000),
  /** Entries of one tenant's task and prompt; 1,000 by default. All of them are compared with each request. */
  maxEntries: z.int().positive().max(10_000).default(1_000),
  /** How many such namespaces are kept, the least recently used goes first; 100 by default. */
  maxNamespaces: z.int().positive().default(100),
};

const Options = z
  .discriminatedUnion("mode", [
    z.strictObject({
      /** Measures whether earlier answers would have done, and serves none. */
      mode: z.literal("shadow"),
      /** Where it is counted: make one, and read it later. */
      agreement: z.instanceof(Agreement).optional(),
      /** Whether an earlier answer does for a new request; equal JSON or words by default. */
      agrees: z.custom<(earlier: Answer, now: Answer) => boolean>((value) => typeof value === "function").optional(),
      ...bounds,
    }),
    z.strictObject({
      mode: z.literal("serve"),
      /** Serve what is at least this near (cosine). It has no default: measure it. */
      threshold: z.number().gt(0).max(1),
      ...bounds,
    }),
  ])
  .prefault({ mode: "shadow" });

/**
 * Answers requests that mean nearly the same from memory, once it was told how near is near enough; until then it only
 * measures. It ends with the process, and no other process sees it.
 */
export const semanticCache = definePlugin({
  name: "cache-semantic",
  contract: 1,
  version: "0.1.0",
  provides: [Cache],
  requires: [Embedder],
  options: Options,
  setup({ provide, onDispose }, options) {
    const { mode: _mode, ...settings } = options;
    const cache = new SemanticCache({ threshold: undefined, ...settings });
    provide(Cache, cache);
    onDispose(() => cache.clear());
  },
});
