import type { Cache, CacheEntry, CacheKey } from "@armature/contracts";
import fc from "fast-check";
import { expect } from "vitest";
import { fakeContext } from "../fakes/fake-context.js";
import { hash32 } from "../fakes/seeded-random.js";
import { CONFUSABLE_TENANTS, describePromises, type Make, type Promises } from "./suite.js";

const NOW = Date.UTC(2026, 0, 1);

/** The tests that every cache passes. `make` returns a fresh, empty cache with room for a hundred entries. */
export function describeCache(make: Make<Cache>): void {
  describePromises("Cache", cachePromises, make);
}

export const cachePromises: Promises<Cache> = {
  "has a name": async (make) => {
    expect((await make()).name).toMatch(/\S/);
  },

  "knows nothing at first": async (make) => {
    expect(await read(await make(), keyOf({}))).toBeUndefined();
  },

  "returns for an equal request what was stored": async (make) => {
    const cache = await make();
    const entry = entryOf("Bergen 🦊", {
      answer: { text: "Bergen 🦊", toolCalls: [{ id: "c", name: "t", argumentsText: "{}" }], finish: "stop" },
    });
    await write(cache, keyOf({}), entry);
    const hit = await read(cache, keyOf({}));
    expect(hit?.entry).toEqual(entry);
    expect(hit?.similarity).toBe(1);
  },

  "replaces an entry by its newest form": async (make) => {
    const cache = await make();
    await write(cache, keyOf({}), entryOf("old"));
    await write(cache, keyOf({}), entryOf("new"));
    expect((await read(cache, keyOf({})))?.entry.answer.text).toBe("new");
  },

  "keeps its entries when callers change theirs": async (make) => {
    const cache = await make();
    const entry = structuredClone(entryOf("untouched")) as { answer: { text: string } } & CacheEntry;
    await write(cache, keyOf({}), entry);
    entry.answer.text = "changed after set";
    const hit = (await read(cache, keyOf({}))) as { entry: { answer: { text: string } } } | undefined;
    expect(hit?.entry.answer.text).toBe("untouched");
    if (hit && !Object.isFrozen(hit.entry.answer)) hit.entry.answer.text = "changed after get";
    expect((await read(cache, keyOf({})))?.entry.answer.text).toBe("untouched");
  },

  "misses when the tenant, the task or the prompt differs, however near": async (make) => {
    const cache = await make();
    await write(cache, keyOf({ tenant: "acme" }), entryOf("of acme"));
    for (const tenant of CONFUSABLE_TENANTS) {
      if (tenant === "acme") continue;
      expect(await read(cache, keyOf({ tenant: tenant ?? "" }))).toBeUndefined();
    }
    expect(await read(cache, keyOf({ tenant: "acme", task: "capital2" }))).toBeUndefined();
    expect(await read(cache, keyOf({ tenant: "acme", promptHash: "p2" }))).toBeUndefined();
    expect((await read(cache, keyOf({ tenant: "acme" })))?.entry.answer.text).toBe("of acme");
    await write(cache, keyOf({ tenant: "acme", task: "eu/capital" }), entryOf("of acme, eu/capital"));
    expect(await read(cache, keyOf({ tenant: "acme/eu", task: "capital" }))).toBeUndefined();
  },

  "never crosses a tenant, a task or a prompt, not even where hashes are equal": async (make) => {
    const key = fc.record({
      tenant: fc.constantFrom("", "a", "a/b"),
      task: fc.constantFrom("t", "b/t"),
      promptHash: fc.constantFrom("p", "q"),
      text: fc.constantFrom("red fox", "tax form"),
    });
    const steps = fc.array(fc.record({ key, kind: fc.constantFrom("read", "write", "erase") }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const cache = await make();
        const written = new Set<string>();
        for (const { key, kind } of history) {
          const { tenant, task, promptHash, text } = key;
          const owner = JSON.stringify([tenant, task, promptHash]);
          const request = keyOf({ ...key, hash: hash32(text).toString(16).padStart(64, "0") });
          if (kind === "write") {
            await write(cache, request, entryOf(owner));
            written.add(owner);
          } else if (kind === "erase") {
            await cache.erase({ tenant }, contextOf(request));
            for (const one of written) if (JSON.parse(one)[0] === tenant) written.delete(one);
          } else {
            const said = (await read(cache, request))?.entry.answer.text;
            expect(said ?? owner).toBe(owner);
            if (said !== undefined) expect(written).toContain(said);
          }
        }
      }),
      { numRuns: 50 },
    );
  },

  "erases a tenant's entries and no other's, and says what went": async (make) => {
    const cache = await make();
    const tenants = CONFUSABLE_TENANTS.map((tenant) => tenant ?? "");
    for (const tenant of tenants) await write(cache, keyOf({ tenant }), entryOf(tenant));
    const receipt = await cache.erase({ tenant: "acme" }, fakeContext({ tenant: "acme" }));
    expect(receipt.from).toMatch(/\S/);
    expect(receipt.removed.entries).toBe(1);
    for (const tenant of tenants) {
      expect((await read(cache, keyOf({ tenant })))?.entry.answer.text).toBe(tenant === "acme" ? undefined : tenant);
    }
    await write(cache, keyOf({ tenant: "acme" }), entryOf("anew"));
    expect((await read(cache, keyOf({ tenant: "acme" })))?.entry.answer.text).toBe("anew");
  },

  "erases what a user or a thread of a tenant left, and nothing else": async (make) => {
    const cache = await make();
    const owners = [
      { user: "ann", thread: "1" },
      { user: "ann", thread: "2" },
      { user: "bob", thread: "1" },
      { user: "ann2", thread: "12" },
    ];
    const keyOfOwner = ({ user, thread }: (typeof owners)[number]) => keyOf({ text: `topic${user} matter${thread}` });
    for (const owner of owners) {
      await cache.set(keyOfOwner(owner), entryOf("x"), fakeContext({ tenant: "acme", ...owner }));
    }
    const context = fakeContext({ tenant: "acme" });
    const left = async () => {
      const hits = await Promise.all(owners.map((owner) => read(cache, keyOfOwner(owner))));
      return hits.map((hit) => hit !== undefined);
    };
    expect((await cache.erase({ tenant: "acme", user: "ann", thread: "2" }, context)).removed.entries).toBe(1);
    expect(await left()).toEqual([true, false, true, true]);
    expect((await cache.erase({ tenant: "acme", user: "ann" }, context)).removed.entries).toBe(1);
    expect(await left()).toEqual([false, false, true, true]);
    expect((await cache.erase({ tenant: "acme2", thread: "1" }, context)).removed.entries).toBe(0);
    expect((await cache.erase({ tenant: "acme", thread: "1" }, context)).removed.entries).toBe(1);
    expect(await left()).toEqual([false, false, false, true]);
  },

  "keeps what is stored at the same time": async (make) => {
    const cache = await make();
    const texts = Array.from({ length: 50 }, (_, index) => `topic${index} matter${index}`);
    await Promise.all(texts.map((text) => write(cache, keyOf({ text }), entryOf(text))));
    const hits = await Promise.all(texts.map((text) => read(cache, keyOf({ text }))));
    expect(hits.map((hit) => hit?.entry.answer.text)).toEqual(texts);
  },
};

function keyOf(overrides: Partial<CacheKey>): CacheKey {
  const text = "Where does it rain most?";
  const key = { tenant: "acme", task: "capital", promptHash: "p1", route: "fast", text, ...overrides };
  return { hash: hash32(JSON.stringify(key)).toString(16).padStart(64, "0"), ...key };
}

function entryOf(text: string, overrides: Partial<CacheEntry> = {}): CacheEntry {
  const answer = { text, toolCalls: [], finish: "stop" as const };
  return { answer, route: "fast", requestId: "request-1", storedAt: NOW, costMicroUsd: 120, ...overrides };
}

// Caches may be bound to a tenant by the key or by the context: they always agree.
function contextOf(key: CacheKey) {
  return fakeContext(key.tenant === "" ? {} : { tenant: key.tenant });
}

function read(cache: Cache, key: CacheKey) {
  return cache.get(key, contextOf(key));
}

function write(cache: Cache, key: CacheKey, entry: CacheEntry): Promise<void> {
  return cache.set(key, entry, contextOf(key));
}
