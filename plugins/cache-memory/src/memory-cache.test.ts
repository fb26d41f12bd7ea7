import type { CacheEntry, CacheKey } from "@armature/contracts";
import { fakeContext, virtualClock } from "@armature/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryCache } from "./memory-cache.js";

const context = fakeContext({ tenant: "acme" });

function keyOf(hash: string, overrides: Partial<CacheKey> = {}): CacheKey {
  return { tenant: "acme", task: "triage", promptHash: "p", route: "fast", text: "?", hash, ...overrides };
}

function entryOf(text: string): CacheEntry {
  return {
    answer: { text, toolCalls: [], finish: "stop" },
    route: "fast",
    requestId: "r",
    storedAt: 1,
    costMicroUsd: 1,
  };
}

test("serves an entry until its time is over, and no longer", async () => {
  const clock = virtualClock();
  const cache = new MemoryCache({ ttlMs: 1_000, maxBytes: 10_000 }, clock);
  await cache.set(keyOf("a"), entryOf("x"), context);
  await clock.advance(1_000);
  expect(await cache.get(keyOf("a"))).toBeDefined();
  await clock.advance(1);
  expect(await cache.get(keyOf("a"))).toBeUndefined();
});

test("a hit does not lengthen the time of an entry, storing it anew does", async () => {
  const clock = virtualClock();
  const cache = new MemoryCache({ ttlMs: 1_000, maxBytes: 10_000 }, clock);
  await cache.set(keyOf("hit"), entryOf("x"), context);
  await cache.set(keyOf("anew"), entryOf("x"), context);
  await clock.advance(900);
  await cache.get(keyOf("hit"));
  await cache.set(keyOf("anew"), entryOf("x"), context);
  await clock.advance(900);
  expect(await cache.get(keyOf("hit"))).toBeUndefined();
  expect(await cache.get(keyOf("anew"))).toBeDefined();
});

test("keeps tenants, tasks and prompts apart, whatever the hash says", async () => {
  const cache = new MemoryCache({ ttlMs: 1_000, maxBytes: 10_000 }, virtualClock());
  await cache.set(keyOf("a"), entryOf("x"), context);
  for (const other of [{ tenant: "evil" }, { task: "other" }, { promptHash: "q" }]) {
    expect(await cache.get(keyOf("a", other))).toBeUndefined();
  }
});

test("drops the least recently used when its bytes are full", async () => {
  const cache = new MemoryCache({ ttlMs: 60_000, maxBytes: 9_000 }, virtualClock());
  for (const hash of ["a", "b", "c"]) await cache.set(keyOf(hash), entryOf("x".repeat(1_000)), context);
  await cache.get(keyOf("a"));
  await cache.set(keyOf("d"), entryOf("x".repeat(1_000)), context);
  const kept = await Promise.all(
    ["a", "b", "c", "d"].map(async (hash) => (await cache.get(keyOf(hash))) !== undefined),
  );
  expect(kept).toEqual([true, false, true, true]);
});

test("an entry larger than the whole cache is not kept, nor is the one it replaces", async () => {
  const cache = new MemoryCache({ ttlMs: 60_000, maxBytes: 10_000 }, virtualClock());
  await cache.set(keyOf("a"), entryOf("old"), context);
  await cache.set(keyOf("b"), entryOf("other"), context);
  await cache.set(keyOf("a"), entryOf("x".repeat(10_000)), context);
  expect(await cache.get(keyOf("a"))).toBeUndefined();
  expect(await cache.get(keyOf("b"))).toBeDefined();
});

test("holds no more than its bytes, whatever is stored", async () => {
  const texts = fc.array(fc.string({ maxLength: 2_000 }), { minLength: 20, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(texts, async (list) => {
      const cache = new MemoryCache({ ttlMs: 60_000, maxBytes: 20_000 }, virtualClock());
      let newest = 0;
      for (const [index, text] of list.entries()) await cache.set(keyOf(`${index}`), entryOf(text), context);
      let units = 0;
      for (const [index, text] of list.entries()) {
        if (await cache.get(keyOf(`${index}`))) {
          units += text.length;
          newest = index;
        }
      }
      expect(2 * units).toBeLessThanOrEqual(20_000);
      expect(newest, "the newest always fits").toBe(list.length - 1);
    }),
    { numRuns: 50 },
  );
});

test("erases what a user or a thread of a tenant left, also what has expired and still lies in memory", async () => {
  const clock = virtualClock();
  const cache = new MemoryCache({ ttlMs: 1_000, maxBytes: 100_000 }, clock);
  const of = (user: string, thread: string) => fakeContext({ tenant: "acme", user, thread });
  await cache.set(keyOf("a1"), entryOf("x"), of("ann", "1"));
  await cache.set(keyOf("a2"), entryOf("x"), of("ann", "2"));
  await cache.set(keyOf("b1"), entryOf("x"), of("bob", "1"));
  expect(await cache.erase({ tenant: "acme", user: "ann", thread: "2" })).toEqual({
    from: "cache-memory",
    removed: { entries: 1 },
  });
  expect(await cache.get(keyOf("a1"))).toBeDefined();
  expect(await cache.get(keyOf("a2"))).toBeUndefined();
  await clock.advance(2_000);
  expect((await cache.erase({ tenant: "acme", user: "ann" })).removed).toEqual({ entries: 1 });
  expect((await cache.erase({ tenant: "acm" })).removed).toEqual({ entries: 0 });
  expect((await cache.erase({ tenant: "acme" })).removed).toEqual({ entries: 1 });
});
