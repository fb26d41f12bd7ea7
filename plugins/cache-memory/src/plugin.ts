import { Cache, Clock, definePlugin } from "@armature/contracts";
import { z } from "zod";
import { MemoryCache } from "./memory-cache.js";

const Options = z
  .strictObject({
    /** Milliseconds after which an entry is no longer served; one hour by default. */
    ttlMs: z.int().positive().default(3_600_000),
    /** Bytes that all entries may take together, the least recently used go first; 64 MiB by default. */
    maxBytes: z
      .int()
      .positive()
      .default(64 * 1024 * 1024),
  })
  .prefault({});

/** Answers equal requests from memory. It ends with the process, and no other process sees it. */
export const memoryCache = definePlugin({
  name: "cache-memory",
  contract: 1,
  version: "0.1.0",
  provides: [Cache],
  requires: [Clock],
  options: Options,
  setup({ provide, get, onDispose }, options) {
    const cache = new MemoryCache(options, get(Clock));
    provide(Cache, cache);
    onDispose(() => cache.clear());
  },
});
