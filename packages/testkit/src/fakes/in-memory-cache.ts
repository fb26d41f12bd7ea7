import type { Cache, CacheEntry, CacheKey } from "@armature/contracts";

/** A cache in a map: equal keys hit, nothing is ever dropped but by erasure. */
export function inMemoryCache(name = "in-memory"): Cache {
  const entries = new Map<
    string,
    { readonly tenant: string; readonly user?: string; readonly thread?: string; readonly text: string }
  >();
  const keyOf = ({ tenant, task, promptHash, hash }: CacheKey) => JSON.stringify([tenant, task, promptHash, hash]);
  return {
    name,
    async get(key) {
      const found = entries.get(keyOf(key));
      return found && { entry: JSON.parse(found.text) as CacheEntry, similarity: 1 };
    },
    async set(key, entry, { user, thread }) {
      const owner = {
        tenant: key.tenant,
        ...(user !== undefined && { user }),
        ...(thread !== undefined && { thread }),
      };
      entries.set(keyOf(key), { ...owner, text: JSON.stringify(entry) });
    },
    async erase(scope) {
      const going = [...entries].filter(
        ([, entry]) =>
          entry.tenant === scope.tenant &&
          (scope.user === undefined || entry.user === scope.user) &&
          (scope.thread === undefined || entry.thread === scope.thread),
      );
      for (const [key] of going) entries.delete(key);
      return { from: name, removed: { entries: going.length } };
    },
  };
}
