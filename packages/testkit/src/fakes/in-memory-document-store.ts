import type { Document, DocumentStore, Passage } from "@armature/contracts";

/** A document store in a map: every document is one passage, compared by the embedder of the context. */
export function inMemoryDocumentStore(name = "in-memory"): DocumentStore {
  // Keyed by tenant itself, so that none (undefined) is a namespace like any other.
  const namespaces = new Map<string | undefined, Map<string, { document: Document; vector: number[] }>>();
  return {
    name,
    async add(documents, context) {
      const vectors = await context.embedder.embed(documents.map((document) => document.text));
      const namespace = namespaces.get(context.tenant) ?? new Map();
      namespaces.set(context.tenant, namespace);
      for (const [index, document] of documents.entries()) {
        namespace.set(document.id, { document, vector: vectors[index] ?? [] });
      }
    },
    async search({ text, limit, where = {} }, context) {
      const [wanted = []] = await context.embedder.embed([text]);
      const passages: Passage[] = [];
      for (const { document, vector } of namespaces.get(context.tenant)?.values() ?? []) {
        if (document.text === "" || !matches(document, where)) continue;
        passages.push({
          id: `${document.id}#0`,
          documentId: document.id,
          text: document.text,
          start: 0,
          end: document.text.length,
          score: vector.reduce((sum, value, index) => sum + value * (wanted[index] ?? 0), 0),
          store: name,
          ...(document.metadata && { metadata: document.metadata }),
        });
      }
      return passages.sort((a, b) => b.score - a.score).slice(0, limit);
    },
    async delete(ids, context) {
      const namespace = namespaces.get(context.tenant);
      return ids.filter((id) => namespace?.delete(id)).length;
    },
    async erase(context) {
      const documents = namespaces.get(context.tenant)?.size ?? 0;
      namespaces.delete(context.tenant);
      return { from: name, removed: { documents } };
    },
  };
}

function matches(document: Document, where: { readonly [key: string]: unknown }): boolean {
  const metadata = document.metadata ?? {};
  return Object.entries(where).every(
    ([key, value]) => Object.hasOwn(metadata, key) && JSON.stringify(metadata[key]) === JSON.stringify(value),
  );
}
