import type { CacheEntry, CacheKey, RequestContext } from "@armature/contracts";
import { fakeContext, hashEmbedder, virtualClock } from "@armature/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Agreement } from "./agreement.js";
import { SemanticCache, type SemanticCacheSettings } from "./semantic-cache.js";

const QUESTION = "How do I return a lamp that arrived broken last Tuesday?";
const NEAR = "How do I return a lamp that arrived broken last Monday?";
const FAR = "Which invoices of March are still open?";

const cacheOf = (settings: Partial<SemanticCacheSettings> = {}) =>
  new SemanticCache({ threshold: 0.8, ttlMs: 60_000, maxEntries: 100, maxNamespaces: 10, ...settings });

function keyOf(text: string, overrides: Partial<CacheKey> = {}): CacheKey {
  const key = { tenant: "acme", task: "support", promptHash: "p1", route: "fast", text, ...overrides };
  return { hash: JSON.stringify(key), ...key };
}

function entryOf(text: string): CacheEntry {
  const answer = { text, toolCalls: [], finish: "stop" as const };
  return { answer, route: "fast", requestId: "r", storedAt: 1, costMicroUsd: 1 };
}

/** Counts what is embedded; another embedder has another id. */
function contextWith(overrides: Partial<RequestContext> = {}, id = "hash-64") {
  const embedded: string[] = [];
  const embedder = { ...hashEmbedder(), id };
  const context = fakeContext({
    tenant: "acme",
    embedder: {
      ...embedder,
      embed: (texts, requestContext) => {
        embedded.push(...texts);
        return embedder.embed(texts, requestContext);
      },
    },
    ...overrides,
  } as Parameters<typeof fakeContext>[0]);
  return { context, embedded };
}

const { context } = contextWith();

describe("serving", () => {
  test("answers what is near enough, and says how near; not what is less near", async () => {
    const cache = cacheOf();
    await cache.set(keyOf(QUESTION), entryOf("Send it back."), context);
    const hit = await cache.get(keyOf(NEAR), contextWith().context);
    expect(hit?.entry.answer.text).toBe("Send it back.");
    expect(hit?.similarity).toBeGreaterThan(0.8);
    expect(hit?.similarity).toBeLessThan(1);
    expect(await cache.get(keyOf(FAR), contextWith().context)).toBeUndefined();
    const stricter = cacheOf({ threshold: (hit?.similarity ?? 0) + 0.001 });
    await stricter.set(keyOf(QUESTION), entryOf("Send it back."), context);
    expect(await stricter.get(keyOf(NEAR), contextWith().context)).toBeUndefined();
  });

  test("answers what is exactly as near as it was told", async () => {
    const cache = cacheOf({ threshold: 1 });
    await cache.set(keyOf(QUESTION), entryOf("Send it back."), context);
    const hit = await cache.get({ ...keyOf(QUESTION), hash: "another" }, contextWith().context);
    expect(hit?.similarity).toBe(1);
  });

  test("takes the nearest of several", async () => {
    const cache = cacheOf({ threshold: 0.5 });
    for (const text of [QUESTION, FAR, `${NEAR} Please answer.`]) await cache.set(keyOf(text), entryOf(text), context);
    const hit = await cache.get(keyOf(`${NEAR} Please answer me.`), contextWith().context);
    expect(hit?.entry.answer.text).toBe(`${NEAR} Please answer.`);
  });

  test("embeds a request once, when it comes, and an equal one not at all", async () => {
    const cache = cacheOf();
    const first = contextWith();
    expect(await cache.get(keyOf(QUESTION), first.context)).toBeUndefined();
    expect(first.embedded).toEqual([QUESTION]);
    await cache.set(keyOf(QUESTION), entryOf("a"), first.context);
    expect(first.embedded).toEqual([QUESTION]);
    const equal = contextWith();
    expect((await cache.get(keyOf(QUESTION), equal.context))?.similarity).toBe(1);
    expect(equal.embedded).toEqual([]);
    const other = contextWith();
    await cache.get(keyOf(FAR), other.context);
    await cache.set(keyOf(FAR), entryOf("b"), other.context);
    expect(other.embedded).toEqual([FAR]);
  });

  test("until its time is over", async () => {
    const clock = virtualClock();
    const cache = cacheOf({ ttlMs: 1_000 });
    const at = () => contextWith({ clock }).context;
    await cache.set(keyOf(QUESTION), entryOf("a"), at());
    await clock.advance(1_000);
    expect(await cache.get(keyOf(NEAR), at())).toBeDefined();
    await clock.advance(1);
    expect(await cache.get(keyOf(NEAR), at())).toBeUndefined();
    expect(await cache.get(keyOf(QUESTION), at())).toBeUndefined();
  });

  test("compares no vectors of different embedders", async () => {
    const cache = cacheOf();
    await cache.set(keyOf(QUESTION), entryOf("a"), contextWith({}, "one").context);
    expect(await cache.get(keyOf(NEAR), contextWith({}, "two").context)).toBeUndefined();
    expect(await cache.get(keyOf(NEAR), contextWith({}, "one").context)).toBeDefined();
  });

  test("keeps so many namespaces, the least recently used goes", async () => {
    const cache = cacheOf({ maxNamespaces: 2 });
    const of = (task: string) => keyOf(QUESTION, { task });
    for (const task of ["a", "b"]) await cache.set(of(task), entryOf(task), context);
    await cache.get(of("a"), context);
    await cache.set(of("c"), entryOf("c"), context);
    const kept = await Promise.all(
      ["a", "b", "c"].map(async (task) => (await cache.get(of(task), context)) !== undefined),
    );
    expect(kept).toEqual([true, false, true]);
  });

  test.each<[string, number[][], RegExp]>([
    ["no vector", [], /0 vectors/],
    ["a vector of another size", [[1, 2]], /2 numbers where 64/],
    ["no number", [Array(64).fill(Number.NaN)], /not finite/],
  ])("says that the embedder gave %s", async (_what, vectors, message) => {
    const { context: bad } = contextWith();
    const broken = { ...bad, embedder: { ...bad.embedder, embed: async () => vectors } };
    const failing = cacheOf().set(keyOf(QUESTION), entryOf("a"), broken);
    await expect(failing).rejects.toMatchObject({ code: "PLUGIN_FAILED", message: expect.stringMatching(message) });
  });
});

const parts = fc.record({
  tenant: fc.constantFrom("", "a", "a/b", "A", "__proto__"),
  task: fc.constantFrom("t", "b/t"),
  promptHash: fc.constantFrom("p", "q"),
});
const text = fc.constantFrom(QUESTION, NEAR, FAR, `${QUESTION} Please.`, "");
const ownerOf = ({ tenant, task, promptHash }: Pick<CacheKey, "tenant" | "task" | "promptHash">) =>
  JSON.stringify([tenant, task, promptHash]);

describe("isolation", () => {
  test("no answer crosses a tenant, a task or a prompt, however near, also where hashes are equal", async () => {
    const step = fc.record({ parts, text, kind: fc.constantFrom("get", "set", "erase") });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const cache = cacheOf({ threshold: 0.1 });
        const owners = new Set<string>();
        for (const { parts: own, text: said, kind } of steps) {
          const key = keyOf(said, { ...own, hash: said });
          const { context: own_ } = contextWith({ tenant: own.tenant });
          if (kind === "set") {
            await cache.set(key, entryOf(ownerOf(own)), own_);
            owners.add(ownerOf(own));
          } else if (kind === "erase") {
            await cache.erase({ tenant: own.tenant });
            for (const owner of owners) if (JSON.parse(owner)[0] === own.tenant) owners.delete(owner);
          } else {
            const hit = await cache.get(key, own_);
            if (hit) expect(hit.entry.answer.text).toBe(ownerOf(own));
            if (hit) expect(owners).toContain(ownerOf(own));
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("erasure", () => {
  test("takes a user's or a thread's entries with their vectors, and says how many", async () => {
    const cache = cacheOf();
    const of = (user: string, thread: string) => contextWith({ user, thread }).context;
    await cache.set(keyOf(QUESTION), entryOf("of ann"), of("ann", "1"));
    await cache.set(keyOf(FAR), entryOf("of bob"), of("bob", "1"));
    await cache.set(keyOf(QUESTION, { task: "other" }), entryOf("of ann"), of("ann", "2"));
    expect(await cache.erase({ tenant: "acme", user: "ann" })).toEqual({
      from: "cache-semantic",
      removed: { entries: 2, vectors: 2 },
    });
    expect(await cache.get(keyOf(NEAR), context)).toBeUndefined();
    expect((await cache.get(keyOf(FAR), context))?.entry.answer.text).toBe("of bob");
    expect((await cache.erase({ tenant: "acme", thread: "2" })).removed).toEqual({ entries: 0, vectors: 0 });
  });

  test("is not undone by a request that was under way", async () => {
    const cache = cacheOf();
    const { context: slow } = contextWith();
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const waiting = {
      ...slow,
      embedder: { ...slow.embedder, embed: (texts: readonly string[]) => gate.then(() => slow.embedder.embed(texts)) },
    };
    const setting = cache.set(keyOf(QUESTION), entryOf("a"), waiting);
    await cache.erase({ tenant: "acme" });
    go();
    await setting;
    expect(await cache.get(keyOf(QUESTION), context)).toBeUndefined();
  });
});

describe("shadow", () => {
  test("serves nothing, whatever is stored and asked", async () => {
    const step = fc.record({ parts, text, write: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const cache = cacheOf({ threshold: undefined });
        for (const { parts: own, text: said, write } of steps) {
          const { context: own_ } = contextWith({ tenant: own.tenant });
          if (write) await cache.set(keyOf(said, own), entryOf("x"), own_);
          else expect(await cache.get(keyOf(said, own), own_)).toBeUndefined();
        }
      }),
      { numRuns: 50 },
    );
  });

  async function run(cache: SemanticCache, said: string, answer: string, task = "support") {
    const own = contextWith().context;
    const key = keyOf(said, { task });
    await cache.get(key, own);
    await cache.set(key, entryOf(answer), own);
  }

  test("measures whether the nearest earlier answer would have done", async () => {
    const agreement = new Agreement();
    const cache = cacheOf({ threshold: undefined, agreement });
    await run(cache, QUESTION, '{"label":"return","days":14}');
    await run(cache, NEAR, '{ "days": 14, "label": "return" }');
    await run(cache, FAR, '{"label":"billing"}');
    await run(cache, `${NEAR} Really?`, '{"label":"complaint"}');
    await run(cache, QUESTION, '{"label":"return"}', "other");
    const pairs = agreement.pairs("support");
    expect(pairs.map(({ same }) => same)).toEqual([true, false, false]);
    expect(pairs.map(({ similarity }) => similarity > 0.8)).toEqual([true, false, true]);
    const [figures] = agreement.figures(0.8);
    expect(figures).toMatchObject({ task: "support", compared: 3, near: 2, agreed: 1, agreement: 0.5 });
    expect(figures?.agreementAtLeast).toBeGreaterThan(0.1);
    expect(figures?.agreementAtLeast).toBeLessThan(0.5);
    expect(agreement.figures(1)).toEqual([{ task: "support", compared: 3, near: 0, agreed: 0 }]);
  });

  test("does not count a request as its own neighbour", async () => {
    const agreement = new Agreement();
    const cache = cacheOf({ threshold: undefined, agreement });
    await run(cache, QUESTION, "a");
    await run(cache, QUESTION, "a");
    expect(agreement.pairs("support")).toEqual([]);
  });

  test("lets the application say what agrees", async () => {
    const agreement = new Agreement();
    const agrees = (earlier: { text: string }, now: { text: string }) => earlier.text[0] === now.text[0];
    const cache = cacheOf({ threshold: undefined, agreement, agrees });
    await run(cache, QUESTION, "Yes, you may.");
    await run(cache, NEAR, "No.");
    await run(cache, `${NEAR} Hm.`, "Not at all.");
    expect(agreement.pairs("support").map(({ same }) => same)).toEqual([false, true]);
  });
});
