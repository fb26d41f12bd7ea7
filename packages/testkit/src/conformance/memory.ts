import type { Memory, MemoryItem, RequestContext } from "@armature/contracts";
import fc from "fast-check";
import { expect } from "vitest";
import { fakeContext } from "../fakes/fake-context.js";
import { CONFUSABLE_TENANTS, describePromises, expectJson, type Make, ofTenant, type Promises } from "./suite.js";

const PLENTY = 1_000_000;

/** The tests that every memory passes. `make` returns a fresh memory that remembers nothing. */
export function describeMemory(make: Make<Memory>): void {
  describePromises("Memory", memoryPromises, make);
}

export const memoryPromises: Promises<Memory> = {
  "recalls nothing at first": async (make) => {
    expect(await recall(await make(), inThread())).toEqual([]);
  },

  "recalls what was remembered, as messages ready for a prompt": async (make) => {
    const memory = await make();
    await say(memory, "my cat is called Mitsubishi");
    const items = await recall(memory, inThread());
    expect(JSON.stringify(items)).toContain("Mitsubishi");
    for (const item of items) {
      expect(["turn", "fact", "summary"]).toContain(item.kind);
      expect(item.messages.length).toBeGreaterThan(0);
      for (const message of item.messages) expect(["system", "user", "assistant", "tool"]).toContain(message.role);
      expect(Number.isInteger(item.tokens)).toBe(true);
      expect(item.tokens).toBeGreaterThan(0);
    }
    expectJson(items);
  },

  "recalls the oldest first, under ids of their own": async (make) => {
    const memory = await make();
    for (let turn = 0; turn < 5; turn++) await say(memory, `marker${turn}`, inThread(), 1_000 + turn);
    const items = await recall(memory, inThread());
    const text = JSON.stringify(items);
    const places = [0, 1, 2, 3, 4].map((turn) => text.indexOf(`marker${turn}`));
    expect(Math.min(...places), "every turn is recalled").toBeGreaterThanOrEqual(0);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(new Set(items.map((item) => item.id)).size).toBe(items.length);
  },

  "never recalls more tokens than it may": async (make) => {
    const turns = fc.array(fc.string({ maxLength: 200 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(turns, fc.integer({ min: 0, max: 300 }), async (texts, maxTokens) => {
        const memory = await make();
        for (const [index, text] of texts.entries()) await say(memory, text, inThread(), index);
        // The limits that are easily missed by one: just less than everything, and just less than the newest.
        const all = await recall(memory, inThread());
        for (const limit of [maxTokens, total(all) - 1, (all.at(-1)?.tokens ?? 0) - 1]) {
          const items = await memory.recall({ text: "anything", maxTokens: Math.max(0, limit) }, inThread());
          expect(total(items)).toBeLessThanOrEqual(Math.max(0, limit));
        }
      }),
      { numRuns: 20 },
    );
  },

  "counts tokens that grow with the text": async (make) => {
    const memory = await make();
    await say(memory, "word ".repeat(4_000));
    const items = await recall(memory, inThread());
    expect(total(items)).toBeGreaterThan(1_000);
    expect(await memory.recall({ text: "word", maxTokens: 0 }, inThread())).toEqual([]);
  },

  "remembers one request once": async (make) => {
    const memory = await make();
    const context = inThread({ requestId: "request-7" });
    await say(memory, "the only elephant", context);
    await say(memory, "the only elephant", inThread({ requestId: "request-7" }));
    await Promise.all([say(memory, "the only elephant", context), say(memory, "the only elephant", context)]);
    expect(JSON.stringify(await recall(memory, inThread())).split("the only elephant")).toHaveLength(2);
  },

  "remembers everything that ends at the same time": async (make) => {
    const memory = await make();
    await Promise.all(Array.from({ length: 20 }, (_, turn) => say(memory, `<marker${turn}>`, inThread(), turn)));
    const text = JSON.stringify(await recall(memory, inThread()));
    for (let turn = 0; turn < 20; turn++) expect(text).toContain(`<marker${turn}>`);
  },

  "keeps tenants and threads apart, however near their names": async (make) => {
    const memory = await make();
    const places = CONFUSABLE_TENANTS.flatMap((tenant) => [
      { ...ofTenant(tenant), thread: "t1" },
      { ...ofTenant(tenant), thread: "t10" },
    ]);
    for (const [index, place] of places.entries()) await say(memory, `<secret${index}>`, fakeContext(place));
    for (const [index, place] of places.entries()) {
      const text = JSON.stringify(await recall(memory, fakeContext(place)));
      expect(text.match(/<secret\d+>/g)).toEqual([`<secret${index}>`]);
    }
  },

  "forgets exactly the scope, and says what went": async (make) => {
    const memory = await make();
    const ann1 = { tenant: "acme", user: "ann", thread: "ann-1" };
    const ann2 = { tenant: "acme", user: "ann", thread: "ann-2" };
    const bob = { tenant: "acme", user: "bob", thread: "bob-1" };
    const other = { tenant: "acme2", user: "ann", thread: "ann-1" };
    const scopes = [ann1, ann2, bob, other];
    for (const scope of scopes) await say(memory, `<${scope.tenant} ${scope.thread}>`, inThread(scope));
    const left = async () => {
      const found = await Promise.all(scopes.map((scope) => recall(memory, inThread(scope))));
      return found.map((items) => items.length > 0);
    };
    const receipt = await memory.forget(ann1, fakeContext({ tenant: "acme" }));
    expect(receipt.from).toMatch(/\S/);
    expect(sum(receipt.removed)).toBeGreaterThan(0);
    expect(await left()).toEqual([false, true, true, true]);
    expect(sum((await memory.forget(ann1, fakeContext({ tenant: "acme" }))).removed)).toBe(0);
    await memory.forget({ tenant: "acme", user: "ann" }, fakeContext({ tenant: "acme" }));
    expect(await left()).toEqual([false, false, true, true]);
    await memory.forget({ tenant: "acme" }, fakeContext({ tenant: "acme" }));
    expect(await left()).toEqual([false, false, false, true]);
  },

  "remembers anew after it has forgotten": async (make) => {
    const memory = await make();
    await say(memory, "before");
    await memory.forget({ tenant: "acme" }, inThread());
    await say(memory, "afterwards");
    const text = JSON.stringify(await recall(memory, inThread()));
    expect(text).toContain("afterwards");
    expect(text).not.toContain("before");
  },
};

function inThread(overrides: Partial<RequestContext> = {}): RequestContext {
  return fakeContext({ tenant: "acme", thread: "t-1", user: "ann", ...overrides });
}

function say(memory: Memory, text: string, context = inThread(), at = 1_000): Promise<void> {
  return memory.remember(
    {
      messages: [
        { role: "user", content: text },
        { role: "assistant", content: "I see." },
      ],
      at,
    },
    context,
  );
}

function recall(memory: Memory, context: RequestContext): Promise<MemoryItem[]> {
  return memory.recall({ text: "what do you know of me", maxTokens: PLENTY }, context);
}

function total(items: readonly MemoryItem[]): number {
  return items.reduce((tokens, item) => tokens + item.tokens, 0);
}

function sum(removed: { readonly [kind: string]: number }): number {
  return Object.values(removed).reduce((total, count) => total + count, 0);
}
