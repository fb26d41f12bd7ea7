import { definePlugin, Guard, type JsonValue, Tool } from "@armature/contracts";
import { leadsTo, type OutputSnapshot, text } from "@armature/output";
import type { Delivery } from "@armature/resilience";
import type { Fault, Responder } from "@armature/testkit";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { ask, type House, openHouse } from "./runners.fixture.js";
import type { StreamEvent } from "./stream-event.js";
import { defineTask, type Task } from "./task.js";

const limits = { deadlineMs: 10_000, attemptTimeoutMs: 5_000, retries: 1, reasks: 1 };
const common = { input: z.object({ question: z.string() }), prompt: ask, models: ["fast", "strong"], limits };
const prose = defineTask({ ...common, name: "prose", output: text() });
const typed = defineTask({
  ...common,
  name: "typed",
  output: z.object({ title: z.string(), score: z.number(), tags: z.array(z.string()) }),
});

const STORY = "It was a bright cold day in April, and the clocks were striking thirteen. Winston went home.";
const VALUE = { title: "A day in April, and what came of it", score: 13, tags: ["cold", "bright"] };

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

/** What somebody sees who does as the events say: what is on the screen at each moment, and every event. */
async function watch<Out extends z.ZodType>(stream: AsyncIterable<StreamEvent<Out>>) {
  const events: StreamEvent<Out>[] = [];
  let screen = "";
  let shown: OutputSnapshot<z.input<Out>> | undefined;
  for await (const event of stream) {
    events.push(event);
    if (event.type === "restart") {
      screen = "";
      shown = undefined;
    }
    if (event.type === "delta") screen += event.text;
    if (event.type === "partial") {
      if (shown) expect(leadsTo(shown, event.partial.value as JsonValue)).toBe(true);
      shown = event.partial;
    }
  }
  const last = events.at(-1);
  if (last?.type !== "outcome") throw new Error("The stream did not end with an outcome.");
  return { events, screen, shown, outcome: last.outcome, types: events.map(({ type }) => type) };
}

describe("app.stream", () => {
  it("shows prose as it comes, and ends with the outcome", async () => {
    house = await openHouse(() => STORY);
    const { screen, outcome, types, events } = await watch(
      house.app.stream(prose, { question: "?" }, { delivery: "live" }),
    );
    expect(outcome).toMatchObject({ ok: true, value: STORY });
    expect(screen).toBe(STORY);
    expect(types.filter((type) => type === "delta").length).toBeGreaterThan(3);
    expect(types).not.toContain("restart");
    const stages = events.flatMap((event) => (event.type === "stage" ? [`${event.phase} ${event.stage}`] : []));
    expect(stages.slice(0, 2)).toEqual(["entered route", "left route"]);
    expect(stages.at(-1)).toBe("left log");
    expect((await house.record(outcome.requestId))?.status).toBe("finished");
  });

  it("shows typed values growing, and the whole value at the end", async () => {
    house = await openHouse(() => JSON.stringify(VALUE), { latencyMs: 1 });
    const { shown, outcome, types } = await watch(house.app.stream(typed, { question: "?" }, { delivery: "live" }));
    expect(outcome).toMatchObject({ ok: true, value: VALUE });
    expect(shown?.value).toEqual(VALUE);
    expect(shown?.growing).toEqual([]);
    expect(types.filter((type) => type === "partial").length).toBeGreaterThan(1);
  });

  it("shows typed values growing where the model is made to answer by a tool", async () => {
    house = await openHouse(
      ({ body }) => {
        const [tool] = body.tools as { function: { name: string } }[];
        return { text: "Let me think.", toolCalls: [{ name: tool!.function.name, arguments: VALUE }] };
      },
      { latencyMs: 1, capabilities: { structuredOutput: "tool" } },
    );
    const { shown, outcome, types } = await watch(house.app.stream(typed, { question: "?" }, { delivery: "live" }));
    expect(outcome).toMatchObject({ ok: true, value: VALUE });
    expect(shown?.value).toEqual(VALUE);
    const beforeTheEnd = types.slice(0, types.indexOf("attempt-ended"));
    expect(beforeTheEnd.filter((type) => type === "partial").length).toBeGreaterThan(2);
    expect(types).not.toContain("tool-partial");
  });

  it("shows nothing but what is validated where that is asked for", async () => {
    house = await openHouse(() => STORY);
    const { events, outcome } = await watch(house.app.stream(prose, { question: "?" }));
    const deltas = events.flatMap((event) => (event.type === "delta" ? [event.text] : []));
    expect(deltas).toEqual([STORY]);
    const left = events.findIndex(
      (event) => event.type === "stage" && event.stage === "validate" && event.phase === "left",
    );
    expect(events.findIndex(({ type }) => type === "delta")).toBeGreaterThan(left);
    expect(outcome.ok).toBe(true);
  });

  it("withdraws an answer that is refused before it shows another", async () => {
    house = await openHouse(({ text: asked }) =>
      asked.includes("not accepted") ? JSON.stringify(VALUE) : JSON.stringify({ title: "x", tags: ["wrong"] }),
    );
    const { shown, types, events } = await watch(house.app.stream(typed, { question: "?" }, { delivery: "live" }));
    expect(shown?.value).toEqual(VALUE);
    const restart = events.find((event) => event.type === "restart");
    expect(restart).toMatchObject({ reason: expect.stringContaining("contract") });
    expect(types.indexOf("restart")).toBeGreaterThan(types.indexOf("partial"));
  });

  it("withdraws what was shown of a request that fails", async () => {
    house = await openHouse(() => JSON.stringify({ title: "x", tags: ["wrong"] }));
    const { shown, outcome } = await watch(house.app.stream(typed, { question: "?" }, { delivery: "live" }));
    expect(outcome).toMatchObject({ ok: false, failure: { code: "OUTPUT_INVALID" } });
    expect(shown).toBeUndefined();
  });

  it("shows nothing of what an output guard has not seen, neither as text nor in an attempt", async () => {
    const guard = definePlugin({
      name: "hush",
      contract: 1,
      provides: [Guard],
      setup({ provide }) {
        provide(Guard, {
          name: "hush",
          boundaries: ["output"],
          check: async ({ parts }) => ({
            action: "redact",
            findings: parts.map(({ path, text: whole }) => ({
              path,
              label: "NAME",
              start: whole.indexOf("Winston"),
              end: whole.indexOf("Winston") + "Winston".length,
            })),
          }),
        });
      },
    });
    house = await openHouse(() => STORY, { plugins: [guard()] });
    const { events, screen } = await watch(house.app.stream(prose, { question: "?" }, { delivery: "live" }));
    expect(screen).toBe(STORY.replace("Winston", "[NAME]"));
    const before = events.filter(({ type }) => type !== "outcome");
    expect(JSON.stringify(before)).not.toContain("Winston");
  });

  it("tells of tools, and does not take what was said before them for the answer", async () => {
    const clock = definePlugin({
      name: "clock",
      contract: 1,
      provides: [Tool],
      setup({ provide }) {
        provide(Tool, {
          name: "now",
          description: "Tells the time.",
          parameters: z.object({}),
          run: async () => "noon",
        });
      },
    });
    house = await openHouse(
      ({ body }) =>
        (body.messages as { role: string }[]).some(({ role }) => role === "tool")
          ? "It is noon."
          : { text: "Let me look.", toolCalls: [{ name: "now", arguments: "{}" }] },
      { plugins: [clock()] },
    );
    const { screen, events } = await watch(house.app.stream(prose, { question: "?" }, { delivery: "live" }));
    expect(screen).toBe("It is noon.");
    expect(events.flatMap((event) => (event.type === "tool" ? [`${event.name} ${event.phase}`] : []))).toEqual([
      "now called",
      "now answered",
    ]);
  });

  describe("with a tool that is being called", () => {
    const place = { city: "Oslo", street: "The long street behind the harbour", days: [1, 2, 3] };
    const look = definePlugin({
      name: "look",
      contract: 1,
      provides: [Tool],
      setup({ provide }) {
        provide(Tool, {
          name: "look",
          description: "Looks at the weather.",
          parameters: z.object({ city: z.string(), street: z.string(), days: z.array(z.number()) }),
          run: async () => "rain",
        });
      },
    });
    const respond: Responder = ({ body }) =>
      (body.messages as { role: string }[]).some(({ role }) => role === "tool")
        ? "It rains."
        : { toolCalls: [{ id: "t1", name: "look", arguments: place }] };

    async function observed(options: Partial<Parameters<typeof openHouse>[1]>, delivery: Delivery = "live") {
      house = await openHouse(respond, { latencyMs: 1, ...options, plugins: [look(), ...(options?.plugins ?? [])] });
      const { events, outcome } = await watch(house.app.stream(prose, { question: "?" }, { delivery }));
      expect(outcome).toMatchObject({ ok: true, value: "It rains." });
      return events;
    }

    const callsIn = (events: readonly StreamEvent<typeof prose.output>[]) =>
      events.flatMap((event) => (event.type === "tool-partial" ? [event.calls] : []));

    it("shows the arguments as they are written, before the tool runs", async () => {
      const events = await observed({});
      const partials = callsIn(events);
      expect(partials.length).toBeGreaterThan(2);
      for (const calls of partials) {
        expect(calls).toMatchObject([{ id: "t1", name: "look" }]);
        expect(leadsTo(calls[0]!.arguments, place)).toBe(true);
      }
      expect(partials.at(-1)?.[0]?.arguments.value).toEqual(place);
      const called = events.findIndex((event) => event.type === "tool" && event.phase === "called");
      expect(events.findLastIndex(({ type }) => type === "tool-partial")).toBeLessThan(called);
    });

    it("starts over with every attempt", async () => {
      const events = await observed({
        faults: (_, number) => (number === 1 ? { kind: "cut_stream", afterTokens: 6 } : undefined),
      });
      const second = events.findLastIndex((event) => event.type === "attempt" && event.why === "retry");
      const [before, after] = [callsIn(events.slice(0, second)), callsIn(events.slice(second))];
      expect(before.length).toBeGreaterThan(0);
      expect(after.at(-1)?.[0]?.arguments.value).toEqual(place);
      for (const calls of [...before, ...after]) expect(calls).toHaveLength(1);
    });

    it("shows nothing of them where delivery is verified, or where a guard watches tools", async () => {
      const watcher = definePlugin({
        name: "watcher",
        contract: 1,
        provides: [Guard],
        setup: ({ provide }) =>
          provide(Guard, {
            name: "watcher",
            boundaries: ["tool"],
            check: async () => ({ action: "allow", findings: [] }),
          }),
      });
      expect(callsIn(await observed({}, "verified"))).toEqual([]);
      await house?.close();
      expect(callsIn(await observed({ plugins: [watcher()] }))).toEqual([]);
    });
  });

  it("cancels the request of a consumer who leaves, and writes its record", async () => {
    house = await openHouse(() => STORY, { faults: () => ({ kind: "stalled_stream", afterTokens: 3 }) });
    for await (const event of house.app.stream(prose, { question: "?" }, { delivery: "live" })) {
      if (event.type === "delta") break;
    }
    expect(await house.records()).toMatchObject([{ status: "finished", failureCode: "CANCELLED" }]);
  });

  it("ends with what it has shown, whatever the provider does", async () => {
    const fault = fc.constantFrom<Fault | undefined>(
      undefined,
      { kind: "cut_stream", afterTokens: 4 },
      { kind: "status", status: 500 },
      { kind: "reset" },
      { kind: "refusal" },
    );
    const faults = fc.array(fault, { maxLength: 4 });
    const asked = fc.constantFrom("native" as const, "tool" as const);
    await fc.assert(
      fc.asyncProperty(faults, fc.constantFrom(prose, typed), asked, async (plan, task, structuredOutput) => {
        const respond: Responder = ({ body }) => {
          const [tool] = (body.tools as { function: { name: string } }[] | undefined) ?? [];
          if (tool) return { text: "Well.", toolCalls: [{ name: tool.function.name, arguments: VALUE }] };
          return task === prose ? STORY : JSON.stringify(VALUE);
        };
        const one = await openHouse(respond, {
          faults: (_, number) => plan[number - 1],
          capabilities: { structuredOutput },
        });
        try {
          const stream = one.app.stream(task as Task, { question: "?" }, { delivery: "live" });
          const { screen, shown, outcome } = await watch(stream);
          if (!outcome.ok) expect([screen, shown]).toEqual(["", undefined]);
          else if (task === prose) expect(screen).toBe(outcome.value);
          else expect(shown?.value).toEqual(outcome.value);
        } finally {
          await one.close();
        }
      }),
      { numRuns: 25 },
    );
  });
});
