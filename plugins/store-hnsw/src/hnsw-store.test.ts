import type { Document } from "@armature/contracts";
import { describeDocumentStore, fakeContext, hashEmbedder } from "@armature/testkit";
import fc from "fast-check";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { acme, closeAll, everything, newFolder, open, removeFolders } from "./stores.fixture.js";

afterEach(closeAll);
afterAll(removeFolders);

describe("in memory", () => describeDocumentStore(() => open()));
describe("on disk", () => describeDocumentStore(() => open({ path: newFolder() })));

const documents = fc.uniqueArray(
  fc.record({
    id: fc.string({ minLength: 1, maxLength: 4 }),
    text: fc.lorem({ maxCount: 3, mode: "sentences" }),
    metadata: fc.record({ kind: fc.constantFrom("a", "b") }),
  }),
  { selector: ({ id }) => id, maxLength: 8 },
);

describe("HnswStore", () => {
  it("is after loading what it was before", async () => {
    await fc.assert(
      fc.asyncProperty(documents, documents, fc.lorem(), async (first, second, query) => {
        const path = newFolder();
        const written = open({ path, chunk: { maxChars: 40 } });
        await written.add(first, acme);
        await written.add(second, acme);
        await written.delete(
          first.slice(0, 2).map(({ id }) => id),
          acme,
        );
        const loaded = open({ path, chunk: { maxChars: 40 } });
        expect(await everything(loaded, acme, query)).toEqual(await everything(written, acme, query));
        await closeAll();
      }),
      { seed: 5, numRuns: 6 },
    );
  }, 60_000);

  it("never mixes tenants, whatever their names and whatever happens at once", async () => {
    const tenant = fc.option(fc.string({ unit: "binary", maxLength: 3 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(tenant, { minLength: 2, maxLength: 6 }), async (tenants) => {
        const path = newFolder();
        const contexts = tenants.map((name) => fakeContext(name === undefined ? {} : { tenant: name }));
        const store = open({ path });
        await Promise.all(contexts.map((context, i) => store.add([{ id: "same", text: `word ${i}` }], context)));
        for (const one of [store, open({ path })]) {
          const found = await Promise.all(contexts.map((context) => everything(one, context)));
          expect(found.map((passages) => passages.map(({ text }) => text))).toEqual(
            contexts.map((_, i) => [`word ${i}`]),
          );
        }
        await closeAll();
      }),
      { seed: 9, numRuns: 6 },
    );
  }, 60_000);

  it("finds, filtered and not, what comparing with every vector finds", async () => {
    const store = open();
    const texts = Array.from({ length: 1500 }, (_, i) => `subject${i % 50} matter${i} of${i % 7}`);
    await store.add(
      texts.map((text, i) => ({ id: String(i), text, metadata: { even: i % 2 === 0, rare: i % 500 === 0 } })),
      acme,
    );
    expect((await store.search({ text: texts[777]!, limit: 3 }, acme))[0]).toMatchObject({ documentId: "777" });
    const even = await store.search({ text: texts[777]!, limit: 5, where: { even: true } }, acme);
    expect(even).toHaveLength(5);
    expect(even.every(({ metadata }) => metadata?.even === true)).toBe(true);
    const rare = await store.search({ text: "anything", limit: 10, where: { rare: true } }, acme);
    expect(rare.map(({ documentId }) => documentId).sort()).toEqual(["0", "1000", "500"]);
  });

  it("takes adds, searches and deletes at once and keeps on disk what it said", async () => {
    const path = newFolder();
    const store = open({ path });
    await Promise.all(
      Array.from({ length: 30 }, async (_, i) => {
        await store.add([{ id: `d${i}`, text: `word number${i}` }], acme);
        expect((await everything(store, acme, `number${i}`))[0]?.documentId).toBe(`d${i}`);
        if (i % 3 === 0) expect(await store.delete([`d${i}`], acme)).toBe(1);
      }),
    );
    const ids = (await everything(open({ path }), acme)).map(({ documentId }) => documentId);
    expect(ids.sort()).toEqual(
      Array.from({ length: 30 }, (_, i) => `d${i}`)
        .filter((_, i) => i % 3 !== 0)
        .sort(),
    );
  });

  it("pays no embedding for a document that is there already", async () => {
    const embedder = hashEmbedder();
    let texts = 0;
    const counted = {
      ...embedder,
      embed(...args: Parameters<typeof embedder.embed>) {
        texts += args[0].length;
        return embedder.embed(...args);
      },
    };
    const context = fakeContext({ embedder: counted });
    const store = open();
    const document: Document = { id: "a", text: "word", metadata: { n: 1 } };
    await store.add([document], context);
    await store.add([document], context);
    expect(texts).toBe(1);
    await store.add([{ ...document, metadata: { n: 2 } }], context);
    expect(texts).toBe(2);
  });

  it("keeps a caller's later changes out", async () => {
    const store = open();
    const document = { id: "a", text: "word", metadata: { tags: ["x"] } };
    await store.add([document], acme);
    document.metadata.tags.push("y");
    (await everything(store, acme))[0]!.metadata!.tags = [];
    expect((await everything(store, acme))[0]?.metadata).toEqual({ tags: ["x"] });
  });

  it("stores nothing when the embedder answers nonsense", async () => {
    const store = open();
    const broken = { id: "hash-64", dimensions: 64, embed: async () => [new Array<number>(64).fill(Number.NaN)] };
    await expect(
      store.add([{ id: "a", text: "word" }], fakeContext({ tenant: "acme", embedder: broken })),
    ).rejects.toMatchObject({
      code: "PLUGIN_FAILED",
    });
    expect(await everything(store, acme)).toEqual([]);
  });

  it("refuses an aborted request", async () => {
    const store = open();
    const signal = AbortSignal.abort(new Error("gone"));
    await expect(store.add([{ id: "a", text: "word" }], fakeContext({ signal }))).rejects.toThrow("gone");
  });
});
