import type { DocumentStore } from "@armature/contracts";
import { expect, test } from "vitest";
import { inMemoryDocumentStore } from "../fakes/in-memory-document-store.js";
import { brokenPromises } from "./broken-promises.js";
import { describeDocumentStore, documentStorePromises } from "./document-store.js";

describeDocumentStore(() => inMemoryDocumentStore());

const broken: { readonly [fault: string]: [(good: DocumentStore) => Partial<DocumentStore>, RegExp] } = {
  "one namespace for all": [
    (good) => ({
      add: (documents, { tenant: _tenant, ...context }) => good.add(documents, context),
      search: (query, { tenant: _tenant, ...context }) => good.search(query, context),
    }),
    /shows a tenant nothing/,
  ],
  "case-insensitive tenants": [
    (good) => ({
      add: (documents, context) => good.add(documents, { ...context, tenant: String(context.tenant).toLowerCase() }),
      search: (query, context) => good.search(query, { ...context, tenant: String(context.tenant).toLowerCase() }),
    }),
    /shows a tenant nothing/,
  ],
  "filter after the limit": [
    (good) => ({
      search: async ({ where, ...query }, context) =>
        (await good.search(query, context)).filter((passage) =>
          Object.entries(where ?? {}).every(([key, value]) => passage.metadata?.[key] === value),
        ),
    }),
    /filters by every/,
  ],
  "farthest first": [
    (good) => ({ search: async (query, context) => (await good.search(query, context)).reverse() }),
    /nearest first/,
  ],
  "no limit": [(good) => ({ search: (query, context) => good.search({ ...query, limit: 99 }, context) }), /limit/],
  "off by one span": [
    (good) => ({
      search: async (query, context) =>
        (await good.search(query, context)).map((passage) => ({ ...passage, end: passage.end - 1 })),
    }),
    /quote/,
  ],
  "erases nothing": [
    () => ({ erase: async () => ({ from: "x", removed: { documents: 3 } }) }),
    /erases in one tenant|after it was erased/,
  ],
  "deletes nothing": [() => ({ delete: async (ids) => ids.length }), /deletes by exact id/],
};

test.each(Object.entries(broken))("the suite finds a store with %s", async (_fault, [spoil, promise]) => {
  const found = await brokenPromises(documentStorePromises, () => {
    const good = inMemoryDocumentStore();
    return { ...good, ...spoil(good) };
  });
  expect(found.join("\n")).toMatch(promise);
});
