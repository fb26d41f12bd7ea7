import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fakeContext, hashEmbedder } from "@armature/testkit";
import fc from "fast-check";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { folderName } from "./manifest.js";
import { acme, closeAll, everything, newFolder, open, removeFolders } from "./stores.fixture.js";

afterEach(closeAll);
afterAll(removeFolders);

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
