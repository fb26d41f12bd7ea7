import { DocumentStore, definePlugin, Guard, Memory, Tool } from "@armature/contracts";
import { definePrompt } from "@armature/prompts";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type House, numberTask, openHouse, RUNNERS } from "./runners.fixture.js";
import { defineTask } from "./task.js";

const answerTask = numberTask(["fast", "strong"], {
  deadlineMs: 10_000,
  attemptTimeoutMs: 3_000,
  retries: 1,
  reasks: 2,
  attempts: 6,
});

const read = definePrompt({
  name: "read",
  version: "1.0.0",
  messages: [{ role: "user", content: "{{question}}{{#passages}} {{text}}{{/passages}}" }],
});

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

describe.each(RUNNERS)("%s", (_name, run) => {
  it("gives the value, and a record that says how", async () => {
    house = await openHouse(() => '{"answer": 42}');
    const outcome = await run(house, answerTask, { question: "6 x 7?" });
    expect(outcome).toMatchObject({ ok: true, value: { answer: 42 }, route: "fast", changes: [], degraded: [] });
    expect(outcome.costMicroUsd).toBeGreaterThan(0);
    const record = await house.record(outcome.requestId);
    expect(record).toMatchObject({ status: "finished", result: { ok: true, value: { answer: 42 } } });
    expect(record?.timings.map((timing) => timing.stage)).toEqual([
      ...["route", "retrieve", "prompt", "call", "validate"],
    ]);
    expect(record?.state.rendering).toMatchObject({ name: "ask", version: "1.0.0" });
  });

  it("re-asks with the issues and takes the mended answer", async () => {
    house = await openHouse(({ text }) => (text.includes("not accepted") ? '{"answer": 1}' : '{"answer": "many"}'));
    const outcome = await run(house, answerTask, { question: "?" });
    expect(outcome).toMatchObject({ ok: true, value: { answer: 1 } });
    expect(outcome.attempts).toHaveLength(2);
  });

  it("asks a stronger model on the last re-ask", async () => {
    house = await openHouse(({ model }) => (model === "gpt-4.1" ? '{"answer": 7}' : "{}"));
    const outcome = await run(house, answerTask, { question: "?" });
    expect(outcome).toMatchObject({ ok: true, value: { answer: 7 }, route: "strong" });
    expect(outcome.attempts.map((attempt) => attempt.route)).toEqual(["fast", "fast", "strong"]);
  });

  it("refuses what stays wrong, with the issues", async () => {
    house = await openHouse(() => '{"answer": null}');
    const outcome = await run(house, answerTask, { question: "?" });
    expect(outcome).toMatchObject({ ok: false, failure: { code: "OUTPUT_INVALID", issues: [{ path: ["answer"] }] } });
    expect((await house.record(outcome.requestId))?.result).toMatchObject({ ok: false });
  });

  it("goes down the ladder when a provider is broken", async () => {
    house = await openHouse(() => '{"answer": 3}', {
      faults: { "gpt-4.1-mini": () => ({ kind: "status", status: 503 }) },
    });
    const outcome = await run(house, answerTask, { question: "?" });
    expect(outcome).toMatchObject({ ok: true, route: "strong", value: { answer: 3 } });
    expect(outcome.attempts.map((attempt) => attempt.result)).toEqual(["failed", "failed", "answered"]);
  });

  it("ends in PROVIDER_UNAVAILABLE when every route is broken", async () => {
    house = await openHouse(() => "", { faults: () => ({ kind: "reset" }) });
    const outcome = await run(house, answerTask, { question: "?" });
    expect(outcome).toMatchObject({ ok: false, failure: { code: "PROVIDER_UNAVAILABLE", stage: "call" } });
    expect((await house.record(outcome.requestId))?.status).toBe("finished");
  });

  it("ends at its deadline when nothing answers", async () => {
    house = await openHouse(() => "", { faults: () => ({ kind: "no_answer" }) });
    const task = defineTask({
      ...answerTask,
      limits: { ...answerTask.limits, deadlineMs: 300, attemptTimeoutMs: 5_000 },
    });
    const outcome = await run(house, task, { question: "?" });
    expect(outcome).toMatchObject({ ok: false, failure: { code: "DEADLINE_EXCEEDED" } });
    expect(outcome.durationMs).toBeLessThan(300 + 250);
    expect((await house.record(outcome.requestId))?.status).toBe("finished");
  });

  it("ends when the caller cancels, and still writes the record", async () => {
    house = await openHouse(() => "", { faults: () => ({ kind: "no_answer" }) });
    const outcome = await run(house, answerTask, { question: "?" }, { signal: AbortSignal.timeout(100) });
    expect(outcome).toMatchObject({ ok: false, failure: { code: "CANCELLED" } });
    expect((await house.record(outcome.requestId))?.result).toMatchObject({ failure: { code: "CANCELLED" } });
  });

  it("refuses an input that its schema refuses, or that is no JSON, before anything is spent", async () => {
    house = await openHouse(() => "never");
    const wrong = await run(house, answerTask, { question: 3 } as never);
    expect(wrong).toMatchObject({ ok: false, failure: { code: "INPUT_INVALID", issues: [{ path: ["question"] }] } });
    const unserialisable = await run(house, answerTask, { question: () => "?" } as never);
    expect(unserialisable).toMatchObject({ ok: false, failure: { code: "INPUT_INVALID" } });
    expect(house.provider.log).toHaveLength(0);
    expect((await house.record(unserialisable.requestId))?.status).toBe("finished");
  });

  it.each([
    ["in its own field", { kind: "refusal" }],
    ["in its words", { kind: "refusal", asText: true }],
  ] as const)(
    "takes a refusal %s as the end, and asks neither this model nor a stronger one again",
    async (_, refusal) => {
      house = await openHouse(({ model }) => (model === "gpt-4.1" ? '{"answer": 7}' : "{}"), {
        faults: { "gpt-4.1-mini": (_request, attempt) => (attempt === 2 ? refusal : undefined) },
      });
      const outcome = await run(house, answerTask, { question: "?" });
      expect(outcome).toMatchObject({ ok: false, failure: { code: "OUTPUT_REFUSED", retryable: false } });
      expect(outcome.attempts.map(({ route }) => route)).toEqual(["fast", "fast"]);
    },
  );

  it("redacts the input before the record and the model see it", async () => {
    const secret = "hunter2";
    const guard = definePlugin({
      name: "secrets",
      contract: 1,
      provides: [Guard],
      setup({ provide }) {
        provide(Guard, {
          name: "secrets",
          boundaries: ["input"],
          async check({ parts }) {
            const findings = parts.flatMap(({ path, text }) => {
              const start = text.indexOf(secret);
              return start < 0 ? [] : [{ path, start, end: start + secret.length, label: "SECRET" }];
            });
            return { action: findings.length > 0 ? "redact" : "allow", findings };
          },
        });
      },
    });
    house = await openHouse(() => '{"answer": 1}', { plugins: [guard()] });
    const outcome = await run(house, answerTask, { question: `is ${secret} safe?` });
    expect(outcome.verdicts).toMatchObject([{ guard: "secrets", boundary: "input", action: "redact" }]);
    expect(JSON.stringify(house.provider.log[0]?.body)).toContain("is [SECRET] safe?");
    expect(JSON.stringify([outcome, await house.record(outcome.requestId)])).not.toContain(secret);
  });

  it("contains a guard that throws: fails closed and names it", async () => {
    const broken = definePlugin({
      name: "broken",
      contract: 1,
      provides: [Guard],
      setup({ provide }) {
        provide(Guard, { name: "broken", boundaries: ["output"], check: () => Promise.reject(new Error("oops")) });
      },
    });
    house = await openHouse(() => '{"answer": 1}', { plugins: [broken()] });
    const outcome = await run(house, answerTask, { question: "?" });
    expect(outcome).toMatchObject({ ok: false, failure: { code: "PLUGIN_FAILED", plugin: "broken" } });
  });

  it("runs tools, shows the model wrong arguments, and bounds the turns", async () => {
    const add = definePlugin({
      name: "adder",
      contract: 1,
      provides: [Tool],
      setup({ provide }) {
        provide(Tool, {
          name: "add",
          description: "Adds two numbers.",
          parameters: z.object({ a: z.number(), b: z.number() }) as z.ZodType<unknown>,
          async run(args) {
            const { a, b } = args as { a: number; b: number };
            return a + b;
          },
        });
      },
    });
    house = await openHouse(
      ({ messages }) => {
        const last = messages.at(-1)!;
        if (last.role !== "tool") return { toolCalls: [{ name: "add", arguments: { a: 1 } }] };
        if (String(last.content).includes("not valid"))
          return { toolCalls: [{ name: "add", arguments: { a: 1, b: 2 } }] };
        return `{"answer": ${String(last.content)}}`;
      },
      { plugins: [add()] },
    );
    const outcome = await run(house, answerTask, { question: "1+2?" });
    expect(outcome).toMatchObject({ ok: true, value: { answer: 3 } });
    const bounded = defineTask({ ...answerTask, limits: { ...answerTask.limits, toolTurns: 1 } });
    expect(await run(house, bounded, { question: "1+2?" })).toMatchObject({ failure: { code: "TOOL_TURNS_EXCEEDED" } });
  });

  it("remembers accepted outcomes of a thread, and degrades when the memory fails", async () => {
    const turns: string[] = [];
    const memory = definePlugin({
      name: "notes",
      contract: 1,
      provides: [Memory],
      setup({ provide }) {
        provide(Memory, {
          async recall() {
            return turns.map((content, index) => ({
              id: String(index),
              kind: "turn" as const,
              tokens: 5,
              messages: [{ role: "assistant" as const, content }],
            }));
          },
          async remember({ messages }) {
            if (turns.length > 0) throw new Error("disk full");
            turns.push(String(messages.at(-1)?.content));
          },
          forget: async () => ({ from: "notes", removed: {} }),
        });
      },
    });
    house = await openHouse(() => '{"answer": 5}', { plugins: [memory()] });
    expect((await run(house, answerTask, { question: "one" }, { thread: "t" })).degraded).toEqual([]);
    const second = await run(house, answerTask, { question: "two" }, { thread: "t" });
    expect(second).toMatchObject({ ok: true, degraded: [expect.stringContaining("disk full")] });
    expect(JSON.stringify(house.provider.log[1]?.body)).toContain('{\\"answer\\":5}');
  });

  it("fails or degrades when a store fails, as the task says", async () => {
    const store = definePlugin({
      name: "down",
      contract: 1,
      provides: [DocumentStore],
      setup({ provide }) {
        const fail = () => Promise.reject(new Error("down"));
        provide(DocumentStore, { name: "down", add: fail, search: fail, delete: fail, erase: fail });
      },
    });
    house = await openHouse(() => '{"answer": 5}', { plugins: [store()] });
    const reading = { ...answerTask, prompt: read };
    const strict = defineTask({ ...reading, retrieve: { limit: 3 } });
    const lenient = defineTask({ ...reading, retrieve: { limit: 3, onFailure: "degrade" as const } });
    expect(await run(house, strict, { question: "?" })).toMatchObject({ failure: { code: "RETRIEVAL_FAILED" } });
    expect(await run(house, lenient, { question: "?" })).toMatchObject({
      ok: true,
      degraded: ["down failed while retrieving"],
    });
  });

  it("counts the attempts of plugins under the one cap of the request", async () => {
    const asking = definePlugin({
      name: "asking",
      contract: 1,
      provides: [Guard],
      setup({ provide }) {
        provide(Guard, {
          name: "asking",
          boundaries: ["input"],
          async check(_, { models }) {
            for (let times = 0; times < 3; times++) await models.call("fast", [{ role: "user", content: "ok?" }]);
            return { action: "allow", findings: [] };
          },
        });
      },
    });
    house = await openHouse(() => '{"answer": "no number"}', { plugins: [asking()] });
    const outcome = await run(house, answerTask, { question: "?" });
    expect(outcome.ok).toBe(false);
    expect(outcome.attempts.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(house.provider.log).toHaveLength(6);
  });

  it("keeps a digest of the caller's key and never the key", async () => {
    house = await openHouse(() => '{"answer": 5}');
    const outcome = await run(house, answerTask, { question: "?" }, { key: "sk-canary" });
    const record = await house.record(outcome.requestId);
    expect(record?.state.key).toMatch(/^[0-9a-f]{16}$/);
    expect(JSON.stringify(record)).not.toContain("canary");
  });

  it("refuses to spend more than the task allows", async () => {
    house = await openHouse(() => '{"answer": 5}');
    const poor = defineTask({ ...answerTask, limits: { ...answerTask.limits, maxCostUsd: 0.000_001 } });
    expect(await run(house, poor, { question: "?" })).toMatchObject({
      ok: false,
      failure: { code: "BUDGET_EXCEEDED" },
    });
    expect(house.provider.log).toHaveLength(0);
  });
});
