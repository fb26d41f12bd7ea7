import { Cache, type CacheKey, definePlugin, Tool } from "@armature/contracts";
import { memoryCache } from "@armature/plugin-cache-memory";
import { inMemoryCache, type Reply, type Responder } from "@armature/testkit";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { ask, type House, openHouse, RUNNERS } from "./runners.fixture.js";
import { defineTask } from "./task.js";

const task = defineTask({
  name: "cached",
  input: z.object({ question: z.string() }),
  output: z.object({ answer: z.number() }),
  prompt: ask,
  models: ["fast", "strong"],
  limits: { deadlineMs: 10_000, attemptTimeoutMs: 5_000, retries: 0, reasks: 1 },
  cache: true,
});

const lookTool = definePlugin({
  name: "look",
  contract: 1,
  provides: [Tool],
  setup({ provide }) {
    const parameters = z.object({});
    provide(Tool, { name: "look", description: "Looks.", parameters, run: async () => "seen" });
  },
});

const brokenCache = definePlugin({
  name: "broken",
  contract: 1,
  provides: [Cache],
  setup({ provide }) {
    const fail = () => Promise.reject(new Error("connection refused"));
    provide(Cache, { name: "broken", get: fail, set: fail, erase: fail });
  },
});

/** Takes requests that differ in capitals for near ones. */
const nearCache = definePlugin({
  name: "near",
  contract: 1,
  provides: [Cache],
  setup({ provide }) {
    const cache = inMemoryCache("near");
    const spelled = (key: CacheKey) => ({ ...key, hash: key.text.toLowerCase() });
    provide(Cache, {
      name: "near",
      async get(key, context) {
        const hit = await cache.get(spelled(key), context);
        return hit && { ...hit, similarity: 0.9 };
      },
      set: (key, entry, context) => cache.set(spelled(key), entry, context),
      erase: (scope, context) => cache.erase(scope, context),
    });
  },
});

/** A responder that takes its time, and the most requests that it had at a time. */
function crowd(respond: (...request: Parameters<Responder>) => Reply | string) {
  let now = 0;
  let most = 0;
  const counted: Responder = async (request) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 200));
    now--;
    return respond(request);
  };
  return { respond: counted, most: () => most };
}

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

describe.each(RUNNERS)("the cache under %s", (_name, run) => {
  it("answers an equal request without a call, and says where from", async () => {
    house = await openHouse(() => '{"answer": 42}', { plugins: [memoryCache()] });
    const first = await run(house, task, { question: "6 x 7?" });
    const second = await run(house, task, { question: "6 x 7?" });
    const other = await run(house, task, { question: "7 x 6?" });
    expect(house.provider.log).toHaveLength(2);
    expect(second).toMatchObject({ ok: true, value: { answer: 42 }, route: "fast", costMicroUsd: 0, attempts: [] });
    expect(second.cache).toMatchObject({
      cache: "cache-memory",
      originRequestId: first.requestId,
      savedMicroUsd: first.costMicroUsd,
      similarity: 1,
    });
    expect((await house.record(second.requestId))?.cache).toEqual(second.cache);
    expect(other.cache).toBeUndefined();
  });
});

describe("the cache", () => {
  it("serves fifty equal requests at once by one call", async () => {
    house = await openHouse(() => '{"answer": 1}', { plugins: [memoryCache()], latencyMs: 100 });
    const { app } = house;
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => app.run(task, { question: "?" })));
    expect(outcomes.every((outcome) => outcome.ok && outcome.value.answer === 1)).toBe(true);
    expect(house.provider.log).toHaveLength(1);
    expect(outcomes.filter(({ cache }) => cache === undefined)).toHaveLength(1);
  });

  it("lets the next one go when the first is cancelled, and keeps to each one's own deadline", async () => {
    house = await openHouse(() => '{"answer": 1}', { plugins: [memoryCache()], latencyMs: 600 });
    const leader = new AbortController();
    const hurried = defineTask({ ...task, limits: { ...task.limits, deadlineMs: 150 } });
    const first = house.app.run(task, { question: "?" }, { signal: leader.signal });
    const second = house.app.run(task, { question: "?" });
    const third = house.app.run(hurried, { question: "?" });
    expect(await third).toMatchObject({ ok: false, failure: { code: "DEADLINE_EXCEEDED" } });
    leader.abort();
    expect(await first).toMatchObject({ ok: false, failure: { code: "CANCELLED" } });
    expect(await second).toMatchObject({ ok: true, value: { answer: 1 } });
    expect(house.provider.log).toHaveLength(2);
  });

  it("lets one go, not all that wait, when the first is cancelled", async () => {
    house = await openHouse(() => '{"answer": 1}', { plugins: [memoryCache()], latencyMs: 300 });
    const { app } = house;
    const leader = new AbortController();
    const first = app.run(task, { question: "?" }, { signal: leader.signal });
    const others = Array.from({ length: 3 }, () => app.run(task, { question: "?" }));
    await expect.poll(() => house!.provider.log.length).toBe(1);
    leader.abort();
    await first;
    const outcomes = await Promise.all(others);
    expect(outcomes.map(({ ok, degraded }) => [ok, degraded])).toEqual(Array(3).fill([true, []]));
    expect(outcomes.filter(({ cache }) => cache === undefined)).toHaveLength(1);
    expect(house.provider.log).toHaveLength(2);
  });

  it("lets all that wait go at once when the answer of the first is refused", async () => {
    const { respond, most } = crowd(() => '{"answer": "two"}');
    house = await openHouse(respond, { plugins: [memoryCache()] });
    const { app } = house;
    const strict = defineTask({ ...task, limits: { ...task.limits, reasks: 0 } });
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => app.run(strict, { question: "?" })));
    expect(outcomes.filter(({ ok }) => ok)).toEqual([]);
    expect(most()).toBe(4);
  });

  it("makes nobody wait for an answer that takes tools, which is not kept", async () => {
    const looking = { toolCalls: [{ name: "look", arguments: {} }] };
    const { respond, most } = crowd(({ messages }) =>
      messages.some(({ role }) => role === "tool") ? '{"answer": 1}' : looking,
    );
    house = await openHouse(respond, { plugins: [memoryCache(), lookTool()] });
    const { app } = house;
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => app.run(task, { question: "?" })));
    expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
    expect(house.provider.log).toHaveLength(10);
    expect(most()).toBeGreaterThanOrEqual(4);
    expect((await app.run(task, { question: "?" })).cache).toBeUndefined();
  });

  it("keeps only what was accepted, as it was accepted after a re-ask", async () => {
    house = await openHouse(({ text }) => (text.includes("not accepted") ? '{"answer": 2}' : '{"answer": "two"}'), {
      plugins: [memoryCache()],
    });
    await house.app.run(task, { question: "?" });
    const second = await house.app.run(task, { question: "?" });
    expect(second).toMatchObject({ ok: true, value: { answer: 2 }, attempts: [] });
    expect(house.provider.log).toHaveLength(2);
  });

  it("keeps nothing of a request that was refused", async () => {
    house = await openHouse(() => "{}", { plugins: [memoryCache()] });
    const strict = defineTask({ ...task, limits: { ...task.limits, reasks: 0 } });
    await house.app.run(strict, { question: "?" });
    const second = await house.app.run(strict, { question: "?" });
    expect(second.cache).toBeUndefined();
    expect(house.provider.log).toHaveLength(2);
  });

  it("is passed by where that is asked for, and where the task does not ask for it", async () => {
    house = await openHouse(() => '{"answer": 1}', { plugins: [memoryCache()] });
    const plain = defineTask({ ...task, cache: false });
    for (const cache of ["use", "bypass", "use"] as const) await house.app.run(task, { question: "?" }, { cache });
    expect(house.provider.log).toHaveLength(2);
    for (let times = 0; times < 2; times++) await house.app.run(plain, { question: "?" });
    expect(house.provider.log).toHaveLength(4);
  });

  it("is asked in the listed order where there are several, all of which keep what was accepted", async () => {
    house = await openHouse(() => '{"answer": 1}', { plugins: [memoryCache(), nearCache()] });
    const first = await house.app.run(task, { question: "Why?" }, { tenant: "acme" });
    const near = await house.app.run(task, { question: "WHY?" }, { tenant: "acme" });
    const equal = await house.app.run(task, { question: "Why?" }, { tenant: "acme" });
    const other = await house.app.run(task, { question: "Who?" }, { tenant: "acme" });
    expect(first.cache ?? other.cache).toBeUndefined();
    expect(near.cache).toMatchObject({ cache: "near", similarity: 0.9, originRequestId: first.requestId });
    expect(equal.cache).toMatchObject({ cache: "cache-memory", similarity: 1 });
    expect(house.provider.log).toHaveLength(2);
    const erased = await house.app.erase({ tenant: "acme" });
    const receipts = erased.ok ? erased.value : [];
    expect(receipts).toContainEqual({ from: "cache-memory", removed: { entries: 2 } });
    expect(receipts).toContainEqual({ from: "near", removed: { entries: 2 } });
  });

  it("is not missed when it fails and another one has the answer", async () => {
    house = await openHouse(() => '{"answer": 1}', { plugins: [brokenCache(), memoryCache()] });
    const first = await house.app.run(task, { question: "?" });
    expect(first.degraded.join()).toContain("connection refused");
    expect((await house.app.run(task, { question: "?" })).cache).toMatchObject({ cache: "cache-memory" });
    expect(house.provider.log).toHaveLength(1);
  });

  it("is missed in an outcome's degraded list when it fails, and nothing else", async () => {
    house = await openHouse(() => '{"answer": 1}', { plugins: [brokenCache()] });
    const outcome = await house.app.run(task, { question: "?" });
    expect(outcome).toMatchObject({ ok: true, value: { answer: 1 } });
    expect(outcome.degraded.join()).toContain("connection refused");
  });

  it("replays a streamed answer as a stream", async () => {
    house = await openHouse(() => '{"answer": 1}', { plugins: [memoryCache()] });
    await house.app.run(task, { question: "?" });
    const types: string[] = [];
    for await (const { type } of house.app.stream(task, { question: "?" }, { delivery: "live" })) types.push(type);
    expect(types).toContain("partial");
    expect(types).not.toContain("attempt");
    expect(types.at(-1)).toBe("outcome");
  });

  it("is named as missing at boot by a task that asks for it", async () => {
    house = await openHouse(() => "");
    expect(() => house!.app.prepare(task)).toThrow(/cache: no plugin provides a Cache/);
  });

  it("never serves one tenant what another has asked", async () => {
    const tenant = fc.constantFrom("a", "ab", "b", undefined);
    const requests = fc.array(fc.record({ tenant, question: fc.constantFrom("x", "y") }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(requests, async (list) => {
        const one = await openHouse(() => '{"answer": 1}', { plugins: [memoryCache()] });
        try {
          const owners = new Map<string, string | undefined>();
          for (const { tenant: whose, question } of list) {
            const options = whose === undefined ? {} : { tenant: whose };
            const outcome = await one.app.run(task, { question }, options);
            owners.set(outcome.requestId, whose);
            if (outcome.cache) expect(owners.get(outcome.cache.originRequestId)).toBe(whose);
          }
          const distinct = new Set(list.map((request) => JSON.stringify(request)));
          expect(one.provider.log).toHaveLength(distinct.size);
        } finally {
          await one.close();
        }
      }),
      { numRuns: 20 },
    );
  });
});
