import type { Memory } from "@armature/contracts";
import { expect, test } from "vitest";
import { inMemoryMemory } from "../fakes/in-memory-memory.js";
import { brokenPromises } from "./broken-promises.js";
import { describeMemory, memoryPromises } from "./memory.js";

describeMemory(() => inMemoryMemory());

const broken: { readonly [fault: string]: [(good: Memory) => Partial<Memory>, RegExp] } = {
  "no limit of tokens": [
    (good) => ({ recall: (query, context) => good.recall({ ...query, maxTokens: 1e9 }, context) }),
    /more tokens/,
  ],
  "a limit that is missed by one": [
    (good) => ({ recall: (query, context) => good.recall({ ...query, maxTokens: query.maxTokens + 1 }, context) }),
    /more tokens/,
  ],
  duplicates: [
    (good) => ({
      remember: (turn, context) => good.remember(turn, { ...context, requestId: `${Math.random()}` }),
    }),
    /request once/,
  ],
  "the newest first": [
    (good) => ({ recall: async (query, context) => (await good.recall(query, context)).reverse() }),
    /oldest first/,
  ],
  "one thread for all": [
    (good) => ({
      recall: (query, context) => good.recall(query, { ...context, thread: "t" }),
      remember: (turn, context) => good.remember(turn, { ...context, thread: "t" }),
    }),
    /keeps tenants and threads apart/,
  ],
  "a joined key of tenant and thread": [
    (good) => ({
      recall: (query, context) => good.recall(query, { ...context, tenant: String(context.tenant) }),
      remember: (turn, context) => good.remember(turn, { ...context, tenant: String(context.tenant) }),
    }),
    /keeps tenants and threads apart/,
  ],
  "forgetting the whole tenant": [
    (good) => ({ forget: ({ tenant }, context) => good.forget({ tenant }, context) }),
    /forgets exactly/,
  ],
  "forgetting nothing": [() => ({ forget: async () => ({ from: "x", removed: {} }) }), /forgets exactly/],
};

test.each(Object.entries(broken))("the suite finds a memory with %s", async (_fault, [spoil, promise]) => {
  const found = await brokenPromises(memoryPromises, () => {
    const good = inMemoryMemory();
    return { ...good, ...spoil(good) };
  });
  expect(found.join("\n")).toMatch(promise);
});
