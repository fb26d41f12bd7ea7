import { definePlugin, Memory, Tokenizer } from "@armature/contracts";
import { z } from "zod";
import { WindowMemory } from "./window-memory.js";

const Options = z
  .strictObject({
    /** Turns kept for one thread; 50 by default. */
    maxTurns: z.int().positive().default(50),
    /** Threads kept over all tenants, the least recently used go first; 10,000 by default. */
    maxThreads: z.int().positive().default(10_000),
  })
  .prefault({});

/**
 * Conversation memory in the process: the newest turns of the tenant's thread that fit the token budget. It ends with
 * the process, and no other process sees it.
 */
export const windowMemory = definePlugin({
  name: "memory-window",
  contract: 1,
  version: "0.1.0",
  provides: [Memory],
  requires: [Tokenizer],
  options: Options,
  setup({ provide, get, onDispose }, options) {
    const memory = new WindowMemory(options, get(Tokenizer));
    provide(Memory, memory);
    onDispose(() => memory.clear());
  },
});
