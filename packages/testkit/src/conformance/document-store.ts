import type { Document, DocumentQuery, DocumentStore, Passage, RequestContext } from "@armature/contracts";
import { expect } from "vitest";
import { fakeContext } from "../fakes/fake-context.js";
import { CONFUSABLE_TENANTS, describePromises, expectJson, type Make, ofTenant, type Promises } from "./suite.js";

const FOX: Document = {
  id: "fox",
  text: "The quick red fox jumps over a sleeping dog.",
  metadata: { kind: "animal", year: 2020 },
};
const TAX: Document = {
  id: "tax",
  text: "Quarterly tax forms are due in April.",
  metadata: { kind: "money", year: 2021 },
};
const SEA: Document = {
  id: "sea",
  text: "Waves of the northern sea carry salt and driftwood.",
  metadata: { kind: "nature", year: 2020 },
};
const ALL = [FOX, TAX, SEA];

/** The tests that every document store passes. `make` returns a fresh, empty store. */
export function describeDocumentStore(make: Make<DocumentStore>): void {
  describePromises("DocumentStore", documentStorePromises, make);
}

export const documentStorePromises: Promises<DocumentStore> = {
  "has a name": async (make) => {
    expect((await make()).name).toMatch(/\S/);
  },

  "finds nothing in an empty store": async (make) => {
    expect(await find(await make(), "anything", fakeContext())).toEqual([]);
  },

  "finds what was added, nearest first": async (make) => {
    const { store, context } = await filled(make);
    for (const document of ALL) {
      const passages = await find(store, document.text, context);
      expect(passages[0]?.documentId).toBe(document.id);
      const scores = passages.map((passage) => passage.score);
      expect(scores.every(Number.isFinite), `scores ${scores}`).toBe(true);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
    }
  },

  "returns passages that quote their document": async (make) => {
    const { store, context } = await filled(make);
    const long: Document = { id: "long", text: `${"Zażółć gęślą jaźń 🦊. ".repeat(400)}The end of the line.` };
    await store.add([long], context);
    const passages = [...(await find(store, FOX.text, context)), ...(await find(store, long.text, context))];
    for (const passage of passages) {
      const document = [...ALL, long].find((one) => one.id === passage.documentId);
      expect(passage.text).toBe(document?.text.slice(passage.start, passage.end));
      expect(passage.text).not.toBe("");
      expect(passage.store).toBe(store.name);
      if (passage.metadata) expect(passage.metadata).toEqual(document?.metadata ?? {});
    }
    expectJson(passages);
  },

  "gives every passage an id of its own": async (make) => {
    const { store, context } = await filled(make);
    const ids = (await find(store, "fox tax sea", context)).map((passage) => passage.id);
    expect(new Set(ids).size).toBe(ids.length);
  },

  "returns no more than the limit": async (make) => {
    const { store, context } = await filled(make);
    for (const limit of [0, 1, 2]) {
      expect(await store.search({ text: FOX.text, limit }, context)).toHaveLength(limit);
    }
  },

  "filters by every given metadata value before it counts": async (make) => {
    const { store, context } = await filled(make);
    const search = async (where: NonNullable<DocumentQuery["where"]>, limit = 10) =>
      documentIds(await store.search({ text: FOX.text, limit, where }, context));
    expect(await search({ kind: "money" })).toEqual(["tax"]);
    // The nearest document does not match: a filter after the search would find nothing.
    expect(await search({ kind: "money" }, 1)).toEqual(["tax"]);
    expect((await search({ year: 2020 })).sort()).toEqual(["fox", "sea"]);
    expect(await search({ year: 2020, kind: "nature" })).toEqual(["sea"]);
    expect(await search({ year: "2020" })).toEqual([]);
    expect(await search({ missing: null })).toEqual([]);
  },

  "replaces a document that is added again": async (make) => {
    const { store, context } = await filled(make);
    const replaced: Document = {
      id: "fox",
      text: "A grey heron stands in the shallow pond.",
      metadata: { kind: "bird" },
    };
    await store.add([replaced], context);
    const passages = await find(store, FOX.text, context);
    expect(passages.map((passage) => passage.text).join()).not.toContain("red fox");
    expect((await find(store, replaced.text, context))[0]).toMatchObject({ documentId: "fox", text: replaced.text });
    expect(await store.search({ text: FOX.text, limit: 10, where: { kind: "animal" } }, context)).toEqual([]);
    expect(documentIds(passages)).toHaveLength(3);
  },

  "deletes by exact id and counts what went": async (make) => {
    const { store, context } = await filled(make);
    await store.add([{ ...FOX, id: "fox2" }], context);
    expect(await store.delete(["fox", "fox", "nobody"], context)).toBe(1);
    expect(documentIds(await find(store, FOX.text, context)).sort()).toEqual(["fox2", "sea", "tax"]);
    expect(await store.delete(["fox"], context)).toBe(0);
    await store.add([FOX], context);
    expect(documentIds(await find(store, FOX.text, context))).toContain("fox");
  },

  "shows a tenant nothing of another, however near their names": async (make) => {
    const store = await make();
    const contexts = CONFUSABLE_TENANTS.map((tenant) => fakeContext(ofTenant(tenant)));
    for (const [index, context] of contexts.entries()) {
      await store.add([{ id: "same", text: `secret number${index} of this tenant` }], context);
    }
    for (const [index, context] of contexts.entries()) {
      const texts = (await find(store, "secret of this tenant", context, 50)).map((passage) => passage.text);
      expect(texts).toEqual([`secret number${index} of this tenant`]);
    }
  },

  "deletes and erases in one tenant only": async (make) => {
    const store = await make();
    const contexts = CONFUSABLE_TENANTS.map((tenant) => fakeContext(ofTenant(tenant)));
    for (const context of contexts) await store.add(ALL, context);
    const [first, second] = contexts as [RequestContext, RequestContext];
    await store.delete(["fox"], first);
    const receipt = await store.erase(second);
    expect(receipt.from).toMatch(/\S/);
    expect(receipt.removed.documents).toBe(3);
    expect(documentIds(await find(store, FOX.text, first)).sort()).toEqual(["sea", "tax"]);
    expect(await find(store, FOX.text, second)).toEqual([]);
    for (const other of contexts.slice(2)) expect(documentIds(await find(store, FOX.text, other))).toHaveLength(3);
  },

  "can be filled again after it was erased": async (make) => {
    const { store, context } = await filled(make);
    await store.erase(context);
    await store.add([TAX], context);
    expect(documentIds(await find(store, FOX.text, context))).toEqual(["tax"]);
    expect((await store.erase(context)).removed.documents).toBe(1);
  },

  "keeps everything that is added at the same time": async (make) => {
    const store = await make();
    const context = fakeContext({ tenant: "acme" });
    const documents = Array.from({ length: 40 }, (_, index) => ({
      id: `d${index}`,
      text: `topic${index} and matter${index}`,
    }));
    await Promise.all(documents.map((document) => store.add([document], context)));
    expect(documentIds(await find(store, "topic", context, 100))).toHaveLength(40);
    expect((await find(store, "topic7 and matter7", context))[0]?.documentId).toBe("d7");
  },

  "accepts nothing, empty texts and odd ids": async (make) => {
    const { store, context } = await filled(make);
    await store.add([], context);
    await store.add([{ id: "empty", text: "" }], context);
    await store.add([{ id: "../od d/%_'\"", text: "strange marsupial" }], context);
    expect((await find(store, "strange marsupial", context))[0]?.documentId).toBe("../od d/%_'\"");
    expect(await store.delete([], context)).toBe(0);
  },
};

async function filled(make: Make<DocumentStore>) {
  const store = await make();
  const context = fakeContext({ tenant: "acme" });
  await store.add(ALL, context);
  return { store, context };
}

function find(store: DocumentStore, text: string, context: RequestContext, limit = 10): Promise<Passage[]> {
  return store.search({ text, limit }, context);
}

function documentIds(passages: readonly Passage[]): string[] {
  return [...new Set(passages.map((passage) => passage.documentId))];
}
