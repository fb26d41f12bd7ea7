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

  "never crosses a tenant, a task or a prompt": async (make) => {
    const key = fc.record({
      tenant: fc.constantFrom("", "a", "a/b"),
      task: fc.constantFrom("t", "b/t"),
      promptHash: fc.constantFrom("p", "q"),
      text: fc.constantFrom("red fox", "tax form"),
    });
    const steps = fc.array(fc.record({ key, write: fc.boolean() }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const cache = await make();
        for (const step of history) {
          const owner = JSON.stringify([step.key.tenant, step.key.task, step.key.promptHash]);
          if (step.write) await write(cache, keyOf(step.key), entryOf(owner));
          else expect((await read(cache, keyOf(step.key)))?.entry.answer.text ?? owner).toBe(owner);
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

  "keeps what is stored at the same time": async (make) => {
    const cache = await make();
    const texts = Array.from({ length: 50 }, (_, index) => `topic${index} matter${index}`);
    await Promise.all(texts.map((text) => write(cache, keyOf({ text }), entryOf(text))));
    const hits = await Promise.all(texts.map((text) => read(cache, keyOf({ text }))));
    expect(hits.map((hit) => hit?.entry.answer.text)).toEqual(texts);
  },
};

function keyOf(overrides: Partial<Omit<CacheKey, "hash">>): CacheKey {
  const key = { tenant: "acme", task: "capital", promptHash: "p1", text: "Where does it rain most?", ...overrides };
  return { ...key, hash: hash32(JSON.stringify(key)).toString(16).padStart(64, "0") };
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
