import { createHash } from "node:crypto";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Document, RequestContext } from "@armature/contracts";
import { describeDocumentStore, fakeContext, hashEmbedder } from "@armature/testkit";
import fc from "fast-check";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { HnswStore, type HnswStoreOptions } from "./hnsw-store.js";
import { folderName } from "./manifest.js";

const root = mkdtempSync(join(tmpdir(), "store-hnsw-"));
const opened: HnswStore[] = [];
let folders = 0;

const newFolder = () => join(root, String(folders++));
const acme = fakeContext({ tenant: "acme" });

function open(options: HnswStoreOptions = {}): HnswStore {
  const store = new HnswStore(options);
  opened.push(store);
  return store;
}

async function closeAll() {
  for (const store of opened.splice(0)) await store.close();
}

async function everything(store: HnswStore, context: RequestContext, text = "word") {
  return store.search({ text, limit: 1000 }, context);
}

afterEach(closeAll);
afterAll(() => rmSync(root, { recursive: true, force: true }));

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

describe("snapshots", () => {
  const folderOf = (path: string) => join(path, folderName("acme"));
  const bytesIn = (folder: string) =>
    Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));

  it("refuses another embedder, at boot and at the first request, and can still erase", async () => {
    const path = newFolder();
    await open({ path }).add([{ id: "a", text: "word" }], acme);
    const other = { ...hashEmbedder(), id: "other" };
    const expected = { code: "CONFIG_INVALID", message: expect.stringMatching(/"hash-64" \(64 dimensions\).*"other"/) };
    await expect(open({ path }).verify(other)).rejects.toMatchObject(expected);
    const context = fakeContext({ tenant: "acme", embedder: other });
    const store = open({ path });
    await expect(store.search({ text: "word", limit: 1 }, context)).rejects.toMatchObject(expected);
    expect(await store.erase(context)).toEqual({ from: "store-hnsw", removed: { documents: 1, vectors: 1 } });
    expect(await everything(store, context)).toEqual([]);
    await expect(open({ path }).verify(other)).resolves.toBeUndefined();
  });

  it("leaves no byte of a deleted, replaced or erased document", async () => {
    const path = newFolder();
    const store = open({ path });
    const vector = Buffer.from(Float32Array.from((await acme.embedder.embed(["zebra secret"]))[0]!).buffer);
    const holds = () => [bytesIn(folderOf(path)).includes("zebra"), bytesIn(folderOf(path)).includes(vector)];
    await store.add(
      [
        { id: "keep", text: "word" },
        { id: "a", text: "zebra secret" },
      ],
      acme,
    );
    expect(holds()).toEqual([true, true]);
    await store.delete(["a"], acme);
    expect(holds()).toEqual([false, false]);
    await store.add([{ id: "a", text: "zebra secret" }], acme);
    await store.add([{ id: "a", text: "something else" }], acme);
    expect(holds()).toEqual([false, false]);
    await store.erase(acme);
    expect(readdirSync(path)).toEqual([]);
  });

  it("refuses files that are not as they were written", async () => {
    const path = newFolder();
    await open({ path }).add([{ id: "a", text: "word" }], acme);
    for (const name of readdirSync(folderOf(path))) {
      const file = join(folderOf(path), name);
      const good = readFileSync(file);
      for (const bad of [good.subarray(0, good.length - 3), Buffer.alloc(0)]) {
        writeFileSync(file, bad);
        await expect(everything(open({ path }), acme)).rejects.toMatchObject({ code: "RETRIEVAL_FAILED" });
      }
      writeFileSync(file, good);
    }
    expect(await everything(open({ path }), acme)).toHaveLength(1);
  });

  it("refuses a folder that belongs to another tenant", async () => {
    const path = newFolder();
    await open({ path }).add([{ id: "a", text: "word" }], acme);
    renameSync(folderOf(path), join(path, folderName("other")));
    await expect(everything(open({ path }), fakeContext({ tenant: "other" }))).rejects.toMatchObject({
      code: "RETRIEVAL_FAILED",
    });
  });

  it("notices another writer instead of overwriting its work", async () => {
    const path = newFolder();
    const [one, two] = [open({ path }), open({ path })];
    await one.add([{ id: "a", text: "word" }], acme);
    await everything(two, acme);
    await one.add([{ id: "b", text: "word" }], acme);
    await expect(two.add([{ id: "c", text: "word" }], acme)).rejects.toMatchObject({ code: "RETRIEVAL_FAILED" });
    expect((await everything(two, acme)).map(({ documentId }) => documentId).sort()).toEqual(["a", "b"]);
  });

  it("says no when the disk does, and shows nothing that is not on it", async () => {
    const path = newFolder();
    writeFileSync(path, "a file where the folder should be");
    const store = open({ path });
    await expect(store.add([{ id: "a", text: "word" }], acme)).rejects.toThrow();
    rmSync(path);
    expect(await everything(store, acme)).toEqual([]);
  });

  // Every state that a kill can leave while the second generation is being written.
  it("loads one generation or the other after a kill at any moment of a save", async () => {
    const path = newFolder();
    const folder = folderOf(path);
    const store = open({ path });
    await store.add([{ id: "a", text: "word one" }], acme);
    const before = newFolder();
    cpSync(folder, before, { recursive: true });
    await store.add([{ id: "b", text: "word two" }], acme);
    const after = newFolder();
    cpSync(folder, after, { recursive: true });
    const steps = ["index-2.bin", "documents-2.json", "manifest.json"] as const;
    await fc.assert(
      fc.asyncProperty(fc.nat(3), fc.double({ min: 0, max: 1, noNaN: true }), async (step, part) => {
        const killed = newFolder();
        cpSync(before, folderOf(killed), { recursive: true });
        for (const [i, name] of steps.slice(0, step + 1).entries()) {
          const isRenamed = name === "manifest.json" && step === 3;
          const target = join(folderOf(killed), name === "manifest.json" && !isRenamed ? "manifest.json.new" : name);
          cpSync(join(after, name), target);
          if (i === step) truncateSync(target, Math.floor(readFileSync(target).length * part));
        }
        const recovered = open({ path: killed });
        await recovered.verify(acme.embedder);
        const ids = (await everything(recovered, acme)).map(({ documentId }) => documentId).sort();
        expect(ids).toEqual(step === 3 ? ["a", "b"] : ["a"]);
        expect(readdirSync(folderOf(killed))).toHaveLength(3);
        await recovered.add([{ id: "c", text: "word three" }], acme);
        expect(await everything(open({ path: killed }), acme)).toHaveLength(ids.length + 1);
        await closeAll();
      }),
      { seed: 13, numRuns: 8 },
    );
  }, 60_000);

  it("finishes an erasure that a kill interrupted", async () => {
    const path = newFolder();
    await open({ path }).add([{ id: "a", text: "word" }], acme);
    rmSync(join(folderOf(path), "manifest.json"));
    await open({ path }).verify(acme.embedder);
    expect(readdirSync(path)).toEqual([]);
  });

  it("names folders by hash, so that no tenant's name reaches the file system", () => {
    expect(folderName("../acme")).toBe(createHash("sha256").update('"../acme"').digest("hex").slice(0, 40));
    expect(folderName(null)).not.toBe(folderName("null"));
    expect(folderName("\ud800")).not.toBe(folderName("\ufffd"));
  });
});
