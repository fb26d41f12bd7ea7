import { Cache, definePlugin, Router } from "@armature/contracts";
import { memoryJournal } from "@armature/journal";
import { sourced } from "@armature/output";
import { memoryCache } from "@armature/plugin-cache-memory";
import { openai } from "@armature/plugin-model-openai";
import { type Fault, inMemoryCache, type Provider, startProvider } from "@armature/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Armature } from "./armature.js";
import { createArmature } from "./create-armature.js";
import type { ArmatureOptions } from "./options.js";
import { ask } from "./runners.fixture.js";
import { defineTask } from "./task.js";

const task = defineTask({
  name: "cached",
  input: z.object({ question: z.string() }),
  output: z.object({ answer: z.string() }),
  prompt: ask,
  models: ["fast", "strong"],
  limits: { retries: 0, reasks: 0, maxOutputTokens: 50, minOutputTokens: 10 },
  cache: true,
});

/** Puts `order.first` first. */
const ordered = (order: { first: string }) =>
  definePlugin({
    name: "ordered",
    contract: 1,
    provides: [Router],
    setup({ provide }) {
      const rungs = (routes: string[]) => routes.map((route) => ({ route, reason: "asked for" }));
      const route = async () => ({
        ladder: rungs(order.first === "fast" ? ["fast", "strong"] : ["strong", "fast"]),
        scores: [],
      });
      provide(Router, { name: "ordered", route });
    },
  });

/** It measures, and finds something all the same. */
const shadowCache = definePlugin({
  name: "shadow",
  contract: 1,
  provides: [Cache],
  setup: ({ provide }) => provide(Cache, { ...inMemoryCache("shadow"), shadow: true }),
});

/** Every request is equal to every other. */
const blindCache = definePlugin({
  name: "blind",
  contract: 1,
  provides: [Cache],
  setup({ provide }) {
    const cache = inMemoryCache("blind");
    provide(Cache, {
      ...cache,
      get: (key, context) => cache.get({ ...key, hash: "one" }, context),
      set: (key, entry, context) => cache.set({ ...key, hash: "one" }, entry, context),
    });
  },
});

let app: Armature;
let providers: Provider[] = [];
let sick: { [model: string]: Fault } = {};

/** An application whose models answer with their own name, as long as they are not sick. */
async function open(options: Partial<ArmatureOptions>, latencyMs = 0): Promise<void> {
  const start = () =>
    startProvider({
      respond: ({ model }) => ({
        text: JSON.stringify({ answer: model }),
        usage: { inputTokens: 100, outputTokens: 10 },
      }),
      faults: ({ model }) => sick[model],
      latencyMs,
    });
  providers = [await start(), await start()];
  const [one, other] = providers;
  app = await createArmature({
    models: {
      fast: openai({ model: "gpt-4.1-mini", baseUrl: one!.url }),
      strong: openai({ model: "gpt-4.1", baseUrl: one!.url }),
      elsewhere: openai({ model: "gpt-4.1-mini", baseUrl: other!.url }),
    },
    journal: memoryJournal(),
    ...options,
  });
}

afterEach(async () => {
  await app.close();
  await Promise.all(providers.map((provider) => provider.close()));
  sick = {};
});

const run = () => app.run(task, { question: "?" });

describe("an answer in the cache", () => {
  it("of a fallback is not served as the first model's once that is well again", async () => {
    await open({ plugins: [memoryCache()] });
    sick = { "gpt-4.1-mini": { kind: "status", status: 500 } };
    expect(await run()).toMatchObject({ ok: true, route: "strong" });
    sick = {};
    const well = await run();
    expect(well).toMatchObject({ ok: true, route: "fast", value: { answer: "gpt-4.1-mini" } });
    expect(well.cache).toBeUndefined();
    expect((await run()).cache).toMatchObject({ originRequestId: well.requestId, route: "fast" });
  });

  it("of a fallback is served as long as the first model is barred", async () => {
    await open({ plugins: [memoryCache()] });
    sick = { "gpt-4.1-mini": { kind: "status", status: 429, retryAfter: 60 } };
    const first = await run();
    expect(first).toMatchObject({ ok: true, route: "strong" });
    expect((await run()).cache).toMatchObject({ originRequestId: first.requestId, route: "strong" });
  });

  it("of a larger model is kept for a prompt that the first cannot take", async () => {
    await open({ plugins: [memoryCache()] });
    sick = { "gpt-4.1-mini": { kind: "context_length" } };
    const first = await run();
    expect(first).toMatchObject({ ok: true, route: "strong" });
    expect((await run()).cache).toMatchObject({ originRequestId: first.requestId, route: "strong" });
    expect(providers[0]?.log).toHaveLength(2);
  });

  it("of one server is not served as another's, though both call the model alike", async () => {
    await open({ plugins: [memoryCache()] });
    const elsewhere = defineTask({ ...task, models: ["elsewhere"] });
    const here = defineTask({ ...task, models: ["fast"] });
    await app.run(here, { question: "?" });
    expect((await app.run(elsewhere, { question: "?" })).cache).toBeUndefined();
    expect(providers.map(({ log }) => log.length)).toEqual([1, 1]);
  });

  it("is found under the model that was chosen before a budget put the weakest in its place", async () => {
    const order = { first: "strong" };
    await open({
      plugins: [memoryCache(), ordered(order)()],
      prices: { "gpt-4.1": { input: 1, output: 1 }, "gpt-4.1-mini": { input: 1, output: 1 } },
      budgets: [{ scope: "global", window: "total", usd: 0.001, downgradeAtShare: 0.1 }],
    });
    const full = await run();
    expect(full).toMatchObject({ ok: true, route: "strong" });
    const downgraded = await run();
    expect(downgraded.degraded.join()).toContain("budget global/total");
    expect(downgraded.cache).toMatchObject({ originRequestId: full.requestId, route: "strong" });
    const other = await app.run(task, { question: "another?" });
    expect(other).toMatchObject({ ok: true, route: "fast" });
    // What the weakest said while money was short is found by those who are downgraded too, and by nobody else.
    expect((await app.run(task, { question: "another?" })).cache).toMatchObject({ originRequestId: other.requestId });
  });

  it("tells a cache of near requests of numbers and switches, unless the task says what it is about", async () => {
    const texts: string[] = [];
    const noting = definePlugin({
      name: "noting",
      contract: 1,
      provides: [Cache],
      setup: ({ provide }) =>
        provide(Cache, {
          ...inMemoryCache("noting"),
          get: async ({ text }) => void texts.push(text),
        }),
    });
    await open({ plugins: [noting()] });
    const input = z.object({ question: z.string(), days: z.array(z.number()), brief: z.boolean() });
    const counted = defineTask({ ...task, models: ["fast"], input });
    const asked = { question: "How wet?", days: [3, 5], brief: true };
    await app.run(counted, asked);
    await app.run(defineTask({ ...counted, about: ({ question }) => question }), asked);
    expect(texts).toEqual(["How wet?\ndays: 3\ndays: 5\nbrief: true", "How wet?"]);
  });

  it("is asked for anew where it does not satisfy the contract for this input", async () => {
    await open({ plugins: [blindCache()] });
    const strict = defineTask({
      ...task,
      models: ["fast"],
      output: z.object({ answer: sourced(z.string(), (input: { question: string }) => input.question) }),
    });
    const origin = await app.run(strict, { question: "gpt-4.1-mini?" });
    expect(origin.ok).toBe(true);
    const hit = await app.run(strict, { question: "Is it gpt-4.1-mini?" });
    expect(hit.cache).toMatchObject({ originRequestId: origin.requestId });
    const refused = await app.run(strict, { question: "Who?" });
    expect(refused.cache).toBeUndefined();
    expect(refused).toMatchObject({ ok: false, failure: { code: "UNGROUNDED" } });
    expect(providers[0]?.log).toHaveLength(2);
  });
});

describe("a cache that only measures", () => {
  it("answers none of the equal requests that come at once, nor later", async () => {
    await open({ plugins: [shadowCache()] }, 50);
    const outcomes = await Promise.all(Array.from({ length: 5 }, run));
    expect(outcomes.filter(({ ok, cache }) => ok && cache === undefined)).toHaveLength(5);
    expect((await run()).cache).toBeUndefined();
    expect(providers[0]?.log).toHaveLength(6);
  });

  it("takes nothing from a serving cache beside it, whose name stands in the outcomes", async () => {
    await open({ plugins: [shadowCache(), memoryCache()] }, 50);
    const outcomes = await Promise.all(Array.from({ length: 5 }, run));
    expect(outcomes.flatMap(({ cache }) => cache?.cache ?? [])).toEqual(Array(4).fill("cache-memory"));
    expect(providers[0]?.log).toHaveLength(1);
  });
});
