import { DocumentStore, definePlugin, Guard, type RequestRecord, Tool } from "@armature/contracts";
import { text } from "@armature/output";
import { memoryCache } from "@armature/plugin-cache-memory";
import { definePrompt } from "@armature/prompts";
import type { Delivery } from "@armature/resilience";
import { type FaultKind, faultPlan, type PlannedKind } from "@armature/testkit";
import { MemorySaver } from "@langchain/langgraph";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Armature } from "../armature.js";
import { type House, numberTask, openHouse, RUNNERS } from "../runners.fixture.js";
import { defineTask, type Task } from "../task.js";

const limits = { deadlineMs: 3_000, attemptTimeoutMs: 1_000, retries: 1, reasks: 1 };
const task = numberTask(["fast", "strong"], limits);

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

/** Replays a record as it comes back from the disk, and sees that no provider was asked. */
async function replay(of: Task, requestId: string) {
  const record = JSON.parse(JSON.stringify(await house!.record(requestId))) as RequestRecord;
  const asked = house!.provider.log.length;
  const result = await house!.app.replay(of, record);
  expect(house!.provider.log).toHaveLength(asked);
  expect(await house!.records()).toHaveLength(1);
  return result;
}

describe.each(RUNNERS)("a replay of what %s has recorded", (_name, run) => {
  it("comes to the same, re-asks and coercions included", async () => {
    house = await openHouse(({ text }) => (text.includes("not accepted") ? '{"answer": "7"}' : '{"answer": "many"}'));
    const outcome = await run(house, task, { question: "?" });
    expect(outcome).toMatchObject({ ok: true, value: { answer: 7 } });
    expect(await replay(task, outcome.requestId)).toEqual({ status: "equal" });
  });

  it("comes to the same failure", async () => {
    house = await openHouse(() => "{}");
    const outcome = await run(house, task, { question: "?" });
    expect(outcome.ok).toBe(false);
    expect(await replay(task, outcome.requestId)).toEqual({ status: "equal" });
  });

  it("comes to the same deadline, in no time", async () => {
    house = await openHouse(() => "", { faults: () => ({ kind: "no_answer" }) });
    const short = defineTask({ ...task, limits: { ...limits, deadlineMs: 400 } });
    const outcome = await run(house, short, { question: "?" });
    expect(outcome).toMatchObject({ ok: false, failure: { code: "DEADLINE_EXCEEDED" } });
    expect(await replay(short, outcome.requestId)).toEqual({ status: "equal" });
  });

  it("serves passages, tool results, times and chance", async () => {
    const world = definePlugin({
      name: "world",
      contract: 1,
      provides: [DocumentStore, Tool, Guard],
      setup({ provide }) {
        provide(DocumentStore, {
          name: "shelf",
          add: async () => undefined,
          search: async (_, context) => [
            {
              id: `${context.random.next()}`,
              documentId: "d",
              text: "It was 4.",
              start: 0,
              end: 9,
              score: 1,
              store: "shelf",
            },
          ],
          delete: async () => 0,
          erase: async () => ({ from: "shelf", removed: {} }),
        });
        provide(Tool, {
          name: "roll",
          description: "Rolls a die.",
          parameters: z.object({}),
          run: async (_, context) => ({ rolled: context.random.next(), at: context.clock.now() }),
        });
        provide(Guard, {
          name: "lottery",
          boundaries: ["output"],
          // Lets pass by chance: a replay has to draw what was drawn.
          check: async (_, { random }) => ({ action: random.next() < 0.5 ? "block" : "allow", findings: [] }),
        });
      },
    });
    house = await openHouse(
      ({ body }) =>
        (body.messages as { role: string }[]).some(({ role }) => role === "tool")
          ? '{"answer": 4}'
          : { toolCalls: [{ name: "roll", arguments: "{}" }] },
      { plugins: [world()] },
    );
    const searching = defineTask({
      ...task,
      prompt: definePrompt({
        name: "search",
        version: "1.0.0",
        messages: [{ role: "user", content: "{{question}} {{#passages}}{{text}} {{id}}{{/passages}}" }],
      }),
      retrieve: { limit: 3 },
    });
    const outcome = await run(house, searching, { question: "?" });
    for (let times = 0; times < 5; times++) {
      expect(await replay(searching, outcome.requestId)).toEqual({ status: "equal" });
    }
  });
});

describe("a replay", () => {
  it("names the prompt when its text has changed, and shows both", async () => {
    house = await openHouse(() => '{"answer": 1}');
    const { requestId } = await house.app.run(task, { question: "?" });
    const edited = definePrompt({
      name: "ask",
      version: "1.0.1",
      messages: [
        { role: "system", content: "Answer in XML." },
        { role: "user", content: "{{question}}" },
      ],
    });
    expect(await replay({ ...task, prompt: edited }, requestId)).toMatchObject({
      status: "diverged",
      divergence: {
        stage: "prompt",
        visit: 1,
        what: "messages",
        recorded: expect.stringContaining("Answer in JSON."),
        replayed: expect.stringContaining("Answer in XML."),
      },
    });
  });

  it("names validate when the contract has become stricter", async () => {
    house = await openHouse(() => '{"answer": 1}');
    const { requestId } = await house.app.run(task, { question: "?" });
    const stricter = defineTask({ ...task, output: z.object({ answer: z.number().min(5) }) });
    expect(await replay(stricter, requestId)).toMatchObject({
      status: "diverged",
      divergence: { stage: "validate", what: "issues", recorded: "", replayed: expect.stringContaining("answer") },
    });
  });

  it("names route when the input is no longer taken", async () => {
    house = await openHouse(() => '{"answer": 1}');
    const { requestId } = await house.app.run(task, { question: "?" });
    const other = defineTask({ ...task, input: z.object({ question: z.string().min(5) }) });
    expect(await replay(other, requestId)).toMatchObject({
      status: "diverged",
      divergence: { stage: "route", replayed: expect.stringContaining("INPUT_INVALID") },
    });
  });

  it("says why a record cannot be replayed", async () => {
    house = await openHouse(() => "");
    const { requestId } = await house.app.run(task, (() => 1) as never);
    expect(await replay(task, requestId)).toMatchObject({
      status: "unreplayable",
      why: [expect.stringContaining("before its first stage")],
    });
  });

  it("comes to the same for a streamed answer, live or not, whatever the provider did", async () => {
    const kinds: PlannedKind[] = ["reset", "cut_stream", "stalled_stream", "html_body", "refusal"];
    const prose = defineTask({ ...task, output: text() });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom<Delivery>("live", "verified"), fc.integer(), async (delivery, seed) => {
        house = await openHouse(() => "It was a bright cold day in April.", {
          faults: faultPlan({ seed, rate: 0.6, kinds }),
        });
        for await (const event of house.app.stream(prose, { question: "?" }, { delivery })) {
          if (event.type !== "outcome") continue;
          expect(await replay(prose, event.outcome.requestId)).toEqual({ status: "equal" });
        }
        await house.close();
        house = undefined;
      }),
      { numRuns: 20 },
    );
  });

  it("comes to the same for what a cache answered", async () => {
    house = await openHouse(() => '{"answer": 1}', { plugins: [memoryCache()] });
    const cached = defineTask({ ...task, cache: true });
    await house.app.run(cached, { question: "?" });
    const { requestId } = await house.app.run(cached, { question: "?" });
    const record = (await house.record(requestId))!;
    expect(record.cache).toBeDefined();
    expect(await house.app.replay(cached, record)).toEqual({ status: "equal" });
    expect(house.provider.log).toHaveLength(1);
  });

  it("comes to the same whenever the caller left", async () => {
    house = await openHouse(() => '{"answer": 1}', { latencyMs: 30 });
    for (const afterMs of [0, 5, 15, 25, 40]) {
      const { requestId } = await house.app.run(task, { question: "?" }, { signal: AbortSignal.timeout(afterMs) });
      expect(await house.app.replay(task, (await house.record(requestId))!)).toEqual({ status: "equal" });
    }
  });

  it("comes to the same whatever the provider did", async () => {
    const kinds: PlannedKind[] = ["reset", "cut_stream", "html_body", "wrong_types", "missing_field", "refusal"];
    const some = fc.subarray<FaultKind>(kinds as FaultKind[], { minLength: 1 }) as fc.Arbitrary<PlannedKind[]>;
    await fc.assert(
      fc.asyncProperty(some, fc.integer(), async (chosen, seed) => {
        house = await openHouse(() => '{"answer": 1}', { faults: faultPlan({ seed, rate: 0.6, kinds: chosen }) });
        const outcome = await house.app.run(task, { question: "?" });
        expect(await replay(task, outcome.requestId)).toEqual({ status: "equal" });
        await house.close();
        house = undefined;
      }),
      { numRuns: 20 },
    );
  });
});

describe("a replay of what was paused and resumed", () => {
  const thread = { configurable: { thread_id: "one" } };

  async function pause(app: Armature, checkpointer = new MemorySaver()) {
    const graph = app.graph(task).compile({ checkpointer, interruptBefore: ["call"] });
    const { requestId } = await graph.invoke({ input: { question: "?" } }, thread);
    return { graph, requestId };
  }

  it("comes to the same", async () => {
    house = await openHouse(() => '{"answer": 1}');
    const { graph, requestId } = await pause(house.app);
    await graph.invoke(null, thread);
    expect(await replay(task, requestId)).toEqual({ status: "equal" });
  });

  it("is refused where somebody changed the state, also before another pause", async () => {
    house = await openHouse(() => '{"answer": 1}');
    const { graph, requestId } = await pause(house.app);
    await graph.updateState(thread, { input: { question: "!" } });
    await graph.invoke(null, { ...thread, interruptBefore: ["validate"] });
    await graph.invoke(null, thread);
    expect(await replay(task, requestId)).toMatchObject({
      status: "unreplayable",
      why: [expect.stringContaining("changed")],
    });
  });

  it("is refused where the way up to the pause was never recorded", async () => {
    const checkpointer = new MemorySaver();
    house = await openHouse(() => '{"answer": 1}');
    const { requestId } = await pause(house.app, checkpointer);
    await house.close();
    house = await openHouse(() => '{"answer": 1}');
    await house.app.graph(task).compile({ checkpointer }).invoke(null, thread);
    expect(await replay(task, requestId)).toMatchObject({
      status: "unreplayable",
      why: [expect.stringContaining("died")],
    });
  });
});

describe("a rerun", () => {
  it("asks again with other models, and remembers the original in nothing", async () => {
    house = await openHouse(({ model }) => `{"answer": ${model === "gpt-4.1" ? 2 : 1}}`);
    const first = await house.app.run(task, { question: "?" }, { thread: "t" });
    const record = (await house.record(first.requestId))!;
    const again = await house.app.rerun(task, record, { models: ["strong"] });
    expect(again).toMatchObject({ ok: true, value: { answer: 2 }, route: "strong" });
    expect(again.requestId).not.toBe(first.requestId);
    expect((await house.record(again.requestId))?.thread).toBeUndefined();
  });
});
