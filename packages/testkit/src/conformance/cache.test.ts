import type { Cache, CacheKey } from "@armature/contracts";
import { expect, test } from "vitest";
import { inMemoryCache } from "../fakes/in-memory-cache.js";
import { brokenPromises } from "./broken-promises.js";
import { cachePromises, describeCache } from "./cache.js";

describeCache(() => inMemoryCache());

const rekeyed =
  (change: (key: CacheKey) => CacheKey) =>
  (good: Cache): Partial<Cache> => ({
    get: (key, context) => good.get(change(key), context),
    set: (key, entry, context) => good.set(change(key), entry, context),
  });

const broken: { readonly [fault: string]: [(good: Cache) => Partial<Cache>, RegExp] } = {
  "keys by text alone": [
    rekeyed((key) => ({ tenant: "x", task: "x", promptHash: "x", route: "x", hash: key.text, text: key.text })),
    /misses when[\s\S]*never crosses/,
  ],
  "keys by hash alone": [
    rekeyed((key) => ({ tenant: "x", task: "x", promptHash: "x", route: "x", hash: key.hash, text: key.text })),
    /hashes are equal/,
  ],
  "case-insensitive tenants": [
    rekeyed((key) => ({ ...key, tenant: key.tenant.toLowerCase(), hash: key.text })),
    /misses when|never crosses/,
  ],
  "joined keys": [
    rekeyed((key) => ({ ...key, tenant: `${key.tenant}/${key.task}`, task: "x", hash: key.text })),
    /misses when|never crosses/,
  ],
  "nothing kept": [() => ({ set: async () => {} }), /what was stored/],
  "the first entry kept": [
    (good) => ({
      set: async (key, entry, context) => {
        if (!(await good.get(key, context))) await good.set(key, entry, context);
      },
    }),
    /newest form/,
  ],
  "shared objects": [
    () => {
      const entries = new Map<string, Parameters<Cache["set"]>[1]>();
      return {
        get: async (key) => {
          const entry = entries.get(key.hash);
          return entry && { entry, similarity: 1 };
        },
        set: async (key, entry) => void entries.set(key.hash, entry),
      };
    },
    /callers change theirs/,
  ],
  "erasure of the whole tenant for one of its users": [
    (good) => ({ erase: ({ tenant }, context) => good.erase({ tenant }, context) }),
    /a user or a thread/,
  ],
  "erasure that only says so": [
    () => ({ erase: async () => ({ from: "x", removed: { entries: 1 } }) }),
    /erases a tenant/,
  ],
};

test.each(Object.entries(broken))("the suite finds a cache with %s", async (_fault, [spoil, promise]) => {
  const found = await brokenPromises(cachePromises, () => {
    const good = inMemoryCache();
    return { ...good, ...spoil(good) };
  });
  expect(found.join("\n")).toMatch(promise);
});
