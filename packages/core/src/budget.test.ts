import { memoryBudgetStore } from "@armature/budget";
import {
  BudgetStore,
  DocumentStore,
  definePlugin,
  Embedder,
  Guard,
  type RequestContext,
  Router,
  type Tool,
} from "@armature/contracts";
import { memoryJournal } from "@armature/journal";
import { text } from "@armature/output";
import { openai, openaiEmbedder } from "@armature/plugin-model-openai";
import { definePrompt } from "@armature/prompts";
import { type Provider, type Responder, startProvider } from "@armature/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Armature } from "./armature.js";
import { createArmature } from "./create-armature.js";
import type { ArmatureOptions } from "./options.js";
import { ask } from "./runners.fixture.js";
import { defineTask } from "./task.js";

const task = defineTask({
  name: "paid",
  input: z.object({ question: z.string() }),
  output: z.object({ answer: z.number() }),
  prompt: ask,
  models: ["house"],
  limits: { retries: 0, reasks: 0, maxOutputTokens: 50, minOutputTokens: 10 },
});

const withPassages = definePrompt({
  name: "with-passages",
  version: "1.0.0",
  messages: [{ role: "user", content: "{{question}}{{#passages}} {{text}}{{/passages}}" }],
});

let app: Armature;
let provider: Provider;
const journal = memoryJournal();

async function open(
  respond: Responder,
  options: Pick<ArmatureOptions, "budgets" | "plugins" | "prices">,
): Promise<void> {
  provider = await startProvider({ respond });
  app = await createArmature({
    models: { house: openai({ model: "house-1", baseUrl: provider.url }) },
    journal,
    ...options,
  });
}

afterEach(async () => {
  await app.close();
  await provider.close();
});

/** Embeds what is added, and keeps nothing. */
const embedding: DocumentStore = {
  name: "shelf",
  add: async (documents, { embedder }) => void (await embedder.embed(documents.map(({ text }) => text))),
  search: async () => [],
  delete: async () => 0,
  erase: async () => ({ from: "shelf", removed: {} }),
};

describe("a budget", () => {
  it("charges nothing for an embedding that was admitted after its request had ended", async () => {
    const store = memoryBudgetStore();
    const caller = new AbortController();
    let embedded = 0;
    const slow = definePlugin({
      name: "slow",
      contract: 1,
      provides: [BudgetStore, DocumentStore, Embedder],
      setup({ provide }) {
        provide(BudgetStore, {
          ...store,
          async hold(request) {
            caller.abort();
            await new Promise((resolve) => setTimeout(resolve, 10));
            return store.hold(request);
          },
        });
        provide(Embedder, {
          id: "words",
          dimensions: 1,
          priced: { provider: "openai", model: "text-embedding-3-small" },
          embed: async (texts) => texts.map(() => [++embedded]),
        });
        provide(DocumentStore, embedding);
      },
    });
    const budgets = [{ scope: "global", window: "total", usd: 1 }] as const;
    await open(() => "", { budgets, plugins: [slow()] });
    const outcome = await app.addDocuments("shelf", [{ id: "a", text: "one" }], { signal: caller.signal });
    expect(outcome).toMatchObject({ ok: false, failure: { code: "CANCELLED" } });
    expect(await store.balances(["global/total"], Date.now())).toMatchObject([{ settledMicroUsd: 0, heldMicroUsd: 0 }]);
    expect(embedded).toBe(0);
  });

  it("takes a bill beyond the hold as a debt, says so, and lets nothing more in", async () => {
    const usage = { inputTokens: 5, outputTokens: 5_000 };
    await open(() => ({ text: '{"answer": 1}', usage }), {
      budgets: [{ scope: "global", window: "day", usd: 0.004 }],
      prices: { "house-1": { input: 1, output: 1 } },
    });
    const outcome = await app.run(task, { question: "?" });
    expect(outcome).toMatchObject({ ok: true, costMicroUsd: 5_005 });
    expect(outcome.degraded).toEqual([expect.stringMatching(/billed 5005 micro-dollars .* more than its hold/)]);
    expect((await journal.read(outcome.requestId))?.state.degraded).toEqual(outcome.degraded);
    expect(await app.run(task, { question: "?" })).toMatchObject({ ok: false, failure: { code: "BUDGET_EXCEEDED" } });
    expect(provider.log).toHaveLength(1);
  });

  it.each(["router", "store", "guard", "tool"] as const)("is what refuses when a %s asks beyond it", async (who) => {
    const spend = async (one: typeof who, { embedder }: RequestContext) => {
      if (one === who) await embedder.embed(["much too dear"]);
    };
    const plugin = definePlugin({
      name: "asking",
      contract: 1,
      provides: [Embedder, Router, DocumentStore, Guard],
      setup({ provide }) {
        provide(Embedder, {
          id: "words",
          dimensions: 1,
          priced: { provider: "openai", model: "words" },
          embed: async (texts) => texts.map(() => [1]),
        });
        provide(Router, {
          name: "asking",
          route: async ({ candidates }, context) => {
            await spend("router", context);
            return { ladder: candidates.map(({ route }) => ({ route, reason: "any" })), scores: [] };
          },
        });
        provide(DocumentStore, {
          ...embedding,
          search: async (_, context) => {
            await spend("store", context);
            return [];
          },
        });
        provide(Guard, {
          name: "asking",
          boundaries: ["input"],
          check: async (_, context) => {
            await spend("guard", context);
            return { action: "allow", findings: [] };
          },
        });
      },
    });
    await open(
      () => ({ text: "", toolCalls: [{ name: "asking", arguments: {} }], usage: { inputTokens: 1, outputTokens: 1 } }),
      {
        budgets: [{ scope: "global", window: "total", usd: 0.01 }],
        prices: { "house-1": { input: 0.1, output: 0.1 }, words: { input: 1_000, output: 0 } },
        plugins: [plugin()],
      },
    );
    const tool: Tool = {
      name: "asking",
      description: "Asks",
      parameters: { type: "object" },
      run: async (_, context) => {
        await spend("tool", context);
        return "done";
      },
    };
    const asking = defineTask({ ...task, prompt: withPassages, retrieve: { limit: 1 }, tools: [tool] });
    expect(await app.run(asking, { question: "?" })).toMatchObject({
      ok: false,
      failure: { code: "BUDGET_EXCEEDED", retryable: false, details: { scope: "global" } },
    });
    expect(provider.log).toHaveLength(who === "tool" ? 1 : 0);
  });

  it("that asks for a cheaper route is named as the reason, not a fuller one that only warns", async () => {
    await open(() => ({ text: '{"answer": 1}', usage: { inputTokens: 50, outputTokens: 50 } }), {
      budgets: [
        { scope: "global", window: "total", usd: 0.001, warnAtShare: 0.1 },
        { scope: "global", window: "month", usd: 0.002, downgradeAtShare: 0.05 },
      ],
      prices: { "house-1": { input: 1, output: 1 } },
    });
    await app.run(task, { question: "?" });
    const { requestId, degraded } = await app.run(task, { question: "?" });
    expect(degraded).toEqual(["budget global/total is at 10%", "budget global/month is at 5%"]);
    const record = await journal.read(requestId);
    expect(record?.state.routing?.ladder).toEqual([{ route: "house", reason: "budget global/month is at 5%" }]);
  });

  it.each(["tenant", "user"] as const)("for each %s refuses a run without a tenant before any stage", async (scope) => {
    await open(() => '{"answer": 1}', { budgets: [{ scope, window: "day", usd: 1 }] });
    const outcome = await app.run(task, { question: "?" }, { user: "ada" });
    expect(outcome).toMatchObject({ ok: false, failure: { code: "TENANT_REQUIRED" } });
    expect((await journal.read(outcome.requestId))?.state.visits.route).toBeUndefined();
  });

  it("settles an embedding by what the provider has counted", async () => {
    const store = memoryBudgetStore();
    const shelf = definePlugin({
      name: "shelf",
      contract: 1,
      provides: [BudgetStore, DocumentStore],
      setup({ provide }) {
        provide(BudgetStore, store);
        provide(DocumentStore, embedding);
      },
    });
    provider = await startProvider({ respond: () => "", dimensions: 8 });
    app = await createArmature({
      models: { house: openai({ model: "house-1", baseUrl: provider.url }) },
      journal,
      budgets: [{ scope: "global", window: "total", usd: 1 }],
      prices: { mini: { input: 1, output: 0 } },
      plugins: [shelf(), openaiEmbedder({ model: "mini", dimensions: 8, baseUrl: provider.url })],
    });
    // Four characters a token are the provider's way of counting, and no tokenizer's.
    const outcome = await app.addDocuments("shelf", [{ id: "a", text: "a".repeat(4_000) }]);
    expect(outcome).toMatchObject({ ok: true, costMicroUsd: 1_000 });
    const [balance] = await store.balances(["global/total"], Date.now());
    expect(balance).toMatchObject({ settledMicroUsd: 1_000, heldMicroUsd: 0, debtMicroUsd: 0 });
  });

  it("charges the whole hold of a stream that its consumer has left", async () => {
    const store = memoryBudgetStore();
    const kept = definePlugin({
      name: "kept",
      contract: 1,
      provides: [BudgetStore],
      setup: ({ provide }) => provide(BudgetStore, store),
    });
    provider = await startProvider({
      respond: () => ({ text: "word ".repeat(200), usage: { inputTokens: 3, outputTokens: 200 } }),
      tokenDelayMs: 20,
    });
    app = await createArmature({
      models: { house: openai({ model: "house-1", baseUrl: provider.url }) },
      journal,
      budgets: [{ scope: "global", window: "total", usd: 1 }],
      prices: { "house-1": { input: 1, output: 1 } },
      plugins: [kept()],
    });
    const prose = defineTask({ ...task, output: text(), limits: { ...task.limits, maxOutputTokens: 500 } });
    let held = 0;
    for await (const { type } of app.stream(prose, { question: "?" }, { delivery: "live" })) {
      if (type !== "delta") continue;
      held = (await store.balances(["global/total"], Date.now()))[0]!.heldMicroUsd;
      break;
    }
    expect(held).toBeGreaterThan(500);
    await app.close();
    const [balance] = await store.balances(["global/total"], Date.now());
    expect(balance).toMatchObject({ settledMicroUsd: held, heldMicroUsd: 0, debtMicroUsd: 0 });
    expect(provider.log[0]?.tokensSent).toBeLessThan(200);
  });
});
