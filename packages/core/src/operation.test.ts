import { type Document, DocumentStore, definePlugin, Embedder, Guard, Memory } from "@armature/contracts";
import { memoryCache } from "@armature/plugin-cache-memory";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { ask, type House, openHouse } from "./runners.fixture.js";
import { defineTask } from "./task.js";

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

/** A store that keeps what it is told, a tenant a shelf, and asks for an embedding of each text. */
function shelf() {
  const shelves = new Map<string, Document[]>();
  const plugin = definePlugin({
    name: "shelf",
    contract: 1,
    provides: [DocumentStore, Embedder],
    scope: "tenant",
    setup({ provide }) {
      provide(Embedder, {
        id: "words",
        dimensions: 1,
        priced: { provider: "openai", model: "text-embedding-3-small" },
        embed: async (texts) => texts.map(() => [1]),
      });
      provide(DocumentStore, {
        name: "shelf",
        async add(documents, { tenant = "", embedder }) {
          await embedder.embed(documents.map(({ text }) => text));
          shelves.set(tenant, [...(shelves.get(tenant) ?? []), ...documents]);
        },
        search: async () => [],
        delete: async () => 0,
        async erase({ tenant = "" }) {
          const documents = shelves.get(tenant)?.length ?? 0;
          shelves.delete(tenant);
          return { from: "shelf", removed: { documents } };
        },
      });
    },
  });
  return { plugin: plugin(), shelves };
}

const letters = [
  { id: "a", text: "canary one" },
  { id: "b", text: "canary two" },
];

describe("adding documents", () => {
  it("fills the tenant's store, pays for the embeddings and keeps a record without the texts", async () => {
    const { plugin, shelves } = shelf();
    house = await openHouse(() => "", { plugins: [plugin] });
    const outcome = await house.app.addDocuments("shelf", letters, { tenant: "acme" });
    expect(outcome).toMatchObject({ ok: true, value: { added: 2 } });
    expect(shelves.get("acme")).toEqual(letters);
    expect(outcome.costs).toMatchObject([{ what: "embedding", name: "text-embedding-3-small", microUsd: 1 }]);
    const record = await house.record(outcome.requestId);
    expect(record).toMatchObject({ task: "documents-add", status: "finished", tenant: "acme" });
    expect(JSON.stringify(record)).not.toContain("canary");
  });

  it("fails by name for a store that is not there, and for a run without a tenant", async () => {
    house = await openHouse(() => "", { plugins: [shelf().plugin] });
    const unknown = await house.app.addDocuments("attic", letters, { tenant: "acme" });
    expect(unknown).toMatchObject({ ok: false, failure: { code: "CONFIG_INVALID" } });
    expect(await house.app.addDocuments("shelf", letters)).toMatchObject({ failure: { code: "TENANT_REQUIRED" } });
  });
});

describe("the persist boundary", () => {
  const guard = definePlugin({
    name: "doorman",
    contract: 1,
    provides: [Guard],
    setup({ provide }) {
      provide(Guard, {
        name: "doorman",
        boundaries: ["persist"],
        async check({ parts }) {
          const findings = parts.flatMap(({ path, text }) => {
            const start = text.indexOf("4711");
            return start === -1 ? [] : [{ path, start, end: start + 4, label: "PIN" }];
          });
          const isBlocked = parts.some(({ text }) => text.includes("forbidden"));
          return { action: isBlocked ? "block" : "redact", findings };
        },
      });
    },
  });

  it("gives back what the guards leave of a value, or refuses it", async () => {
    house = await openHouse(() => "", { plugins: [guard()] });
    const kept = await house.app.checkPersist({ note: "pin 4711", amount: 3 });
    expect(kept).toMatchObject({ ok: true, value: { note: "pin [PIN]", amount: 3 } });
    expect(JSON.stringify(await house.record(kept.requestId))).not.toContain("4711");
    expect(await house.app.checkPersist("forbidden")).toMatchObject({ ok: false, failure: { code: "GUARD_BLOCKED" } });
  });
});

describe("erasing a scope", () => {
  it("removes it everywhere, with a receipt from each, and leaves other tenants alone", async () => {
    const forgotten: unknown[] = [];
    const memory = definePlugin({
      name: "memory",
      contract: 1,
      provides: [Memory],
      setup({ provide }) {
        provide(Memory, {
          recall: async () => [],
          remember: async () => undefined,
          async forget(scope) {
            forgotten.push(scope);
            return { from: "memory", removed: { turns: 1 } };
          },
        });
      },
    });
    const { plugin, shelves } = shelf();
    house = await openHouse(() => '{"answer": "canary"}', { plugins: [memory(), plugin, memoryCache()] });
    const task = defineTask({
      name: "answer",
      input: z.object({ question: z.string() }),
      output: z.object({ answer: z.string() }),
      prompt: ask,
      models: ["fast"],
      cache: true,
    });
    const ids: string[] = [];
    for (const tenant of ["acme", "acm"]) {
      await house.app.addDocuments("shelf", letters, { tenant });
      ids.push((await house.app.run(task, { question: "canary?" }, { tenant })).requestId);
    }
    const outcome = await house.app.erase({ tenant: "acme" });
    expect(outcome.ok && outcome.value.map(({ from }) => from)).toEqual([
      ...["memory", "cache-memory", "shelf", "journal"],
    ]);
    expect(outcome.ok && outcome.value.map(({ removed }) => Object.values(removed)[0])).toEqual([1, 1, 2, 3]); // the adding, the answer, and this erasing itself
    expect(forgotten).toEqual([{ tenant: "acme" }]);
    expect([...shelves.keys()]).toEqual(["acm"]);
    const [gone, stays] = await Promise.all(ids.map((id) => house!.record(id)));
    expect(JSON.stringify(gone)).not.toContain("canary");
    expect(JSON.stringify(stays)).toContain("canary");
    expect((await house.app.run(task, { question: "canary?" }, { tenant: "acm" })).cache).toBeDefined();
    expect((await house.app.run(task, { question: "canary?" }, { tenant: "acme" })).cache).toBeUndefined();
  });
});
