import { type Boundary, Cache, type CacheEntry, definePlugin, Guard, type JsonValue, Tool } from "@armature/contracts";
import { digest, explainRecord } from "@armature/journal";
import { definePrompt } from "@armature/prompts";
import { inMemoryCache } from "@armature/testkit";
import { MemorySaver } from "@langchain/langgraph";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { ask, type House, openHouse, RUNNERS } from "./runners.fixture.js";
import { defineTask } from "./task.js";

const task = defineTask({
  name: "answer",
  input: z.object({ question: z.string() }),
  output: z.object({ answer: z.string() }),
  prompt: ask,
  models: ["fast"],
  limits: { deadlineMs: 5_000, reasks: 1 },
});

const SECRET = 'ana "the\nmouse" 4711';

/** Finds the secret wherever it is, and does `action`. */
function finder(action: "redact" | "block", ...boundaries: Boundary[]) {
  return definePlugin({
    name: "finder",
    contract: 1,
    provides: [Guard],
    setup({ provide }) {
      provide(Guard, {
        name: "finder",
        boundaries,
        async check({ parts }) {
          const findings = parts.flatMap(({ path, text }) => {
            const start = text.indexOf(SECRET);
            return start === -1 ? [] : [{ path, start, end: start + SECRET.length, label: "NAME" }];
          });
          return { action: findings.length > 0 ? action : "allow", findings };
        },
      });
    },
  })();
}

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

it("neither a cache nor its next reader gets what an output guard takes out", async () => {
  const kept: CacheEntry[] = [];
  const noting = definePlugin({
    name: "noting",
    contract: 1,
    provides: [Cache],
    setup({ provide }) {
      const cache = inMemoryCache("noting");
      const set: Cache["set"] = (key, entry, context) => {
        kept.push(entry);
        return cache.set(key, entry, context);
      };
      provide(Cache, { ...cache, set });
    },
  });
  const respond = () => JSON.stringify({ answer: `It is ${SECRET}.` });
  house = await openHouse(respond, { plugins: [finder("redact", "output"), noting()] });
  const cached = defineTask({ ...task, cache: true });
  await house.app.run(cached, { question: "who?" });
  expect(kept.map(({ answer }) => answer.text)).toEqual(['{"answer":"It is [NAME]."}']);
  const hit = await house.app.run(cached, { question: "who?" });
  expect(hit).toMatchObject({ ok: true, value: { answer: "It is [NAME]." }, cache: { cache: "noting" } });
});

describe.each(RUNNERS)("the record that %s writes", (_name, run) => {
  it.each(["redact", "block"] as const)("holds no text that an output guard takes out (%s)", async (action) => {
    house = await openHouse(() => JSON.stringify({ answer: `It is ${SECRET}.` }), {
      plugins: [finder(action, "output")],
    });
    const outcome = await run(house, task, { question: "who?" });
    const record = await house.record(outcome.requestId);
    if (action === "redact") expect(outcome).toMatchObject({ ok: true, value: { answer: "It is [NAME]." } });
    else expect(outcome).toMatchObject({ ok: false, failure: { code: "GUARD_BLOCKED" } });
    expect(JSON.stringify(record)).not.toContain("4711");
    expect(record?.state.attempts[0]?.answer?.text).toBe('{"answer":"It is [NAME]."}');
    expect(record?.redactions).toEqual([
      { boundary: "output", guard: "finder", label: "NAME", path: ["answer"], start: 6, end: 6 + SECRET.length },
    ]);
  });

  it.each(["none", "hashes"] as const)("holds no content where the policy keeps %s", async (content) => {
    house = await openHouse(
      ({ text }) => (text.includes("not accepted") ? '{"answer": "canary"}' : '{"answer": ["canary"], "canary": 1}'),
      {
        content,
      },
    );
    const outcome = await run(house, task, { question: "Is it the canary?" });
    expect(outcome).toMatchObject({ ok: true, value: { answer: "canary" } });
    const record = await house.record(outcome.requestId);
    expect(JSON.stringify(record)).not.toContain("canary");
    expect(record?.replay?.replayable).toBe(false);
    expect(record?.state.attempts).toHaveLength(2);
    const variable = record?.state.rendering?.variables?.question;
    if (content === "none") expect(variable).toBeNull();
    else expect(variable).toMatch(/^sha256:[0-9a-f]{64}:\d+$/);
  });

  it("holds what was put into the prompt, as JSON, and nothing that the prompt does not name", async () => {
    house = await openHouse(() => '{"answer": "yes"}');
    const dated = defineTask({
      name: "dated",
      output: task.output,
      models: ["fast"],
      input: z.object({
        day: z.string().transform((text) => new Date(text)),
        who: z.object({ name: z.string() }),
        x: z.int(),
      }),
      prompt: definePrompt({
        name: "dated",
        version: "1.0.0",
        messages: [{ role: "user", content: "{{day}} {{who.name}} {{input}} {{schema}}" }],
      }),
    });
    const input = { day: "2026-01-31", who: { name: "Ann" }, x: 1 };
    const outcome = await run(house, dated, input);
    const record = await house.record(outcome.requestId);
    expect(record?.state.rendering?.variables).toEqual({ day: "2026-01-31T00:00:00.000Z", who: { name: "Ann" } });
    expect(explainRecord(record!)).toContain('who = {"name":"Ann"}');
    expect(await house.app.replay(dated, record!)).toEqual({ status: "equal" });
  });

  it("keeps no hash that somebody who has the record could find a short content by", async () => {
    house = await openHouse(() => '{"answer": "yes"}', { content: "hashes" });
    const outcome = await run(house, task, { question: "no" });
    const record = (await house.record(outcome.requestId))!;
    const texts = (value: unknown): string[] =>
      typeof value === "string" ? [value] : Object.values((value ?? {}) as object).flatMap(texts);
    const salts = ["", ...texts(record)];
    const contents: JsonValue[] = [
      { question: "no" },
      [{ question: "no" }],
      { answer: "yes" },
      [{ answer: "yes" }],
      "no",
      "yes",
    ];
    const guesses = new Set(salts.flatMap((salt) => contents.map((content) => digest(content, salt).hash)));
    const kept = [...JSON.stringify(record).matchAll(/[0-9a-f]{64}/g)].map(([hash]) => hash);
    expect(kept.length).toBeGreaterThan(5);
    expect(kept.filter((hash) => guesses.has(hash))).toEqual([]);
  });

  it("digests the input as it came, and holds it as the guards left it", async () => {
    house = await openHouse(() => '{"answer": "yes"}', { plugins: [finder("redact", "input")] });
    const input = { question: `Who is ${SECRET}?` };
    const outcome = await run(house, task, input);
    const record = await house.record(outcome.requestId);
    expect(record?.input).toEqual({ hash: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: digest(input).bytes });
    expect(record?.state.input).toEqual({ question: "Who is [NAME]?" });
    expect(record?.state.rendering?.variables).toEqual({ question: "Who is [NAME]?" });
    expect(JSON.stringify(record)).not.toContain("4711");
  });

  it("tells what was wrong with every answer, not only with the latest", async () => {
    house = await openHouse(({ text }) => (text.includes("not accepted") ? "{}" : '{"answer": []}'));
    const outcome = await run(house, task, { question: "?" });
    const record = await house.record(outcome.requestId);
    expect(record?.validations?.map(({ visit, issues }) => [visit, issues[0]?.path])).toEqual([
      [1, ["answer"]],
      [2, ["answer"]],
    ]);
    expect(record?.validations?.[0]?.attemptId).toBe(outcome.attempts[0]?.id);
  });

  it("tells what tools were asked and said, and what plugins were told by chance and ids", async () => {
    const dice = definePlugin({
      name: "dice",
      contract: 1,
      provides: [Tool],
      setup({ provide }) {
        provide(Tool, {
          name: "roll",
          description: "Rolls a die.",
          parameters: z.object({ sides: z.number() }),
          run: async (args, { random, ids }) => ({
            roll: ids.next(),
            eyes: 1 + Math.floor(random.next() * (args as { sides: number }).sides),
          }),
        });
      },
    });
    house = await openHouse(
      ({ body }) =>
        (body.messages as { role: string }[]).some(({ role }) => role === "tool")
          ? '{"answer": "rolled"}'
          : { toolCalls: [{ name: "roll", arguments: '{"sides": 6}' }] },
      { plugins: [dice()] },
    );
    const outcome = await run(house, task, { question: "roll" });
    expect(outcome).toMatchObject({ ok: true, value: { answer: "rolled" } });
    const record = await house.record(outcome.requestId);
    const effect = record?.effects?.find(({ stage }) => stage === "tools");
    expect(effect?.random).toHaveLength(1);
    expect(effect?.ids).toHaveLength(1);
    expect(record?.tools).toMatchObject([
      {
        name: "roll",
        visit: 1,
        arguments: { sides: 6 },
        result: { roll: effect!.ids[0], eyes: 1 + Math.floor(effect!.random[0]! * 6) },
        outcome: "answered",
      },
    ]);
  });
});

describe("the record of a request that paused after a guard took something out", () => {
  it("holds it neither while it is paused nor at its end", async () => {
    house = await openHouse(() => JSON.stringify({ answer: `It is ${SECRET}.` }), {
      plugins: [finder("redact", "output")],
    });
    const checkpointer = new MemorySaver();
    const thread = { configurable: { thread_id: "one" } };
    const compile = () => house!.app.graph(task).compile({ checkpointer, interruptBefore: ["log"] });
    const { requestId } = await compile().invoke({ input: { question: "who?" } }, thread);
    const paused = await house.record(requestId);
    expect(paused).toMatchObject({ status: "paused", state: { candidate: { json: { answer: "It is [NAME]." } } } });
    // A graph that knows nothing of the first leg, as in another process.
    await compile().invoke(null, thread);
    const finished = await house.record(requestId);
    expect(finished).toMatchObject({ status: "finished", result: { ok: true }, state: { withheld: [] } });
    for (const record of [paused, finished]) expect(JSON.stringify(record)).not.toContain("4711");
  });
});
