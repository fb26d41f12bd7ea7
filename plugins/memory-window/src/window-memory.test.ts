import type { Message, RequestContext, Tokenizer } from "@armature/contracts";
import { fakeContext } from "@armature/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WindowMemory } from "./window-memory.js";

// One token a character: sums are easy to see.
const characters: Tokenizer = { count: (text) => text.length };

function context(requestId: string, over: Partial<RequestContext> = {}): RequestContext {
  return fakeContext({ requestId, tenant: "acme", thread: "t", ...over });
}

function memoryOf(limits: { maxTurns?: number; maxThreads?: number } = {}) {
  return new WindowMemory({ maxTurns: 10, maxThreads: 10, ...limits }, characters);
}

const say = (content: string): Message[] => [{ role: "user", content }];

async function texts(memory: WindowMemory, over: Partial<RequestContext> = {}, maxTokens = 10_000) {
  const items = await memory.recall({ text: "", maxTokens }, context("recall", over));
  return items.map((item) => item.messages[0]?.content);
}

describe("WindowMemory", () => {
  it("recalls the newest turns that fit, oldest first, without holes", async () => {
    const memory = memoryOf();
    for (const [index, text] of ["a", "bb", "c".repeat(20), "d", "ee"].entries()) {
      await memory.remember({ messages: say(text), at: index }, context(`r${index}`));
    }
    // A message takes its text and 4 tokens around it.
    expect(await texts(memory, {}, 11)).toEqual(["d", "ee"]);
    expect(await texts(memory, {}, 10)).toEqual(["ee"]);
    expect(await texts(memory, {}, 34)).toEqual(["d", "ee"]);
    expect(await texts(memory, {}, 35)).toEqual(["c".repeat(20), "d", "ee"]);
    expect(await texts(memory, {}, 5)).toEqual([]);
  });

  it("counts tool calls, tool results and every part", async () => {
    const memory = memoryOf();
    const messages: Message[] = [
      {
        role: "user",
        content: [
          { type: "text", text: "ab" },
          { type: "image_url", image_url: { url: "data:," } },
        ],
      },
      { role: "assistant", content: "c", toolCalls: [{ id: "1", name: "find", argumentsText: "{}" }] },
      { role: "tool", content: "de", toolCallId: "1", name: "find" },
    ];
    await memory.remember({ messages, at: 1 }, context("r"));
    const [item] = await memory.recall({ text: "", maxTokens: 100 }, context("q"));
    expect(item?.tokens).toBe(12 + "ab\n[image]".length + "c\nfind\n{}".length + "find\nde".length);
    expect(item?.messages[0]?.content).toEqual([
      { type: "text", text: "ab" },
      { type: "text", text: "[image]" },
    ]);
    expect(item?.messages.slice(1)).toEqual(messages.slice(1));
  });

  it("puts late turns where their time belongs, and repeated requests nowhere", async () => {
    const memory = memoryOf({ maxTurns: 3 });
    for (const at of [2, 4, 3, 2, 1, 5, 2]) await memory.remember({ messages: say(`${at}`), at }, context(`r${at}`));
    expect(await texts(memory)).toEqual(["3", "4", "5"]);
  });

  it("forgets the thread that was used least recently", async () => {
    const memory = memoryOf({ maxThreads: 2 });
    await memory.remember({ messages: say("a"), at: 1 }, context("1", { thread: "a" }));
    await memory.remember({ messages: say("b"), at: 2 }, context("2", { thread: "b" }));
    await texts(memory, { thread: "a" });
    await memory.remember({ messages: say("c"), at: 3 }, context("3", { thread: "c" }));
    expect(await texts(memory, { thread: "a" })).toEqual(["a"]);
    expect(await texts(memory, { thread: "b" })).toEqual([]);
  });

  it("keeps nothing without a thread, and cannot be changed through what it took or gave", async () => {
    const memory = memoryOf();
    await memory.remember({ messages: say("x"), at: 1 }, context("r", { thread: undefined }));
    expect(await texts(memory, { thread: undefined })).toEqual([]);

    const given = [{ role: "user" as const, content: "before" }];
    await memory.remember({ messages: given, at: 1 }, context("s"));
    given[0]!.content = "after";
    const [item] = await memory.recall({ text: "", maxTokens: 99 }, context("q"));
    (item!.messages[0] as { content: string }).content = "after";
    expect(await texts(memory)).toEqual(["before"]);
  });

  it("forgets exactly the scope, with a receipt", async () => {
    const memory = memoryOf();
    const write = (id: string, over: Partial<RequestContext>) =>
      memory.remember({ messages: say(id), at: 1 }, context(id, over));
    await write("1", { user: "u1" });
    await write("2", { user: "u2" });
    await write("3", { user: "u1", thread: "t2" });
    await write("4", { user: "u1", tenant: "acme2" });
    expect(await memory.forget({ tenant: "acme", user: "u1", thread: "t" }, context("f"))).toEqual({
      from: "memory-window",
      removed: { turns: 1 },
    });
    expect(await texts(memory)).toEqual(["2"]);
    expect((await memory.forget({ tenant: "acme" }, context("f"))).removed).toEqual({ turns: 2 });
    expect(await texts(memory, { tenant: "acme2" })).toEqual(["4"]);
    expect((await memory.forget({ tenant: "acm" }, context("f"))).removed).toEqual({ turns: 0 });
  });

  it("never crosses namespaces, never exceeds the budget, whatever the names and turns", async () => {
    const name = fc.constantFrom("a", "a1", 'a","b', "", "b", "a/b", "__proto__");
    const turn = fc.record({ tenant: name, thread: name, id: fc.nat(30), size: fc.nat(20), at: fc.nat(9) });
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { maxLength: 40 }), fc.nat(120), async (turns, maxTokens) => {
        const memory = memoryOf({ maxThreads: 100 });
        for (const { tenant, thread, id, size, at } of turns) {
          const text = `${JSON.stringify([tenant, thread])}${"x".repeat(size)}`;
          await memory.remember({ messages: say(text), at }, context(`${id}`, { tenant, thread }));
        }
        for (const { tenant, thread } of turns) {
          const items = await memory.recall({ text: "", maxTokens }, context("q", { tenant, thread }));
          expect(items.reduce((sum, item) => sum + item.tokens, 0)).toBeLessThanOrEqual(maxTokens);
          expect(new Set(items.map((item) => item.id)).size).toBe(items.length);
          for (const item of items) {
            expect(String(item.messages[0]?.content).startsWith(JSON.stringify([tenant, thread]))).toBe(true);
          }
        }
      }),
    );
  });
});
