import { type CallParameters, type Clock, deadlineIn, type Gate, type Message } from "@armature/contracts";
import {
  type Fault,
  type FaultSource,
  type Provider,
  type ProviderOptions,
  seededRandom,
  sequentialIds,
  startProvider,
} from "@armature/testkit";
import { ChatOpenAI } from "@langchain/openai";
import { afterEach, describe, expect, it } from "vitest";
import { asModel } from "./as-model.js";
import { callModel } from "./call.js";
import type { CallEvent } from "./call-event.js";
import type { CallPlan, CallServices } from "./call-plan.js";
import { Health } from "./health.js";
import type { CallPolicy } from "./policy.js";

const WORDS = Array.from({ length: 60 }, (_, index) => `w${index}`).join(" ");
const OTHER_WORDS = "the words of the fallback";

const realClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

// Generous, so that a busy machine is not taken for a silent provider.
const policy: CallPolicy = {
  attemptTimeoutMs: 8_000,
  firstTokenTimeoutMs: 6_000,
  idleTimeoutMs: 5_000,
  retries: 2,
  backoff: { baseMs: 2, maxMs: 10 },
  maxAttempts: 8,
};

const impatient: CallPolicy = { ...policy, attemptTimeoutMs: 1_000, firstTokenTimeoutMs: 700, idleTimeoutMs: 500 };

const messages: Message[] = [{ role: "user", content: "hi" }];
const parameters: CallParameters = { maxOutputTokens: 100 };

let provider: Provider;
afterEach(() => provider.close());

async function serve(faults: ProviderOptions["faults"], options: Partial<ProviderOptions> = {}) {
  provider = await startProvider({
    respond: ({ model }) => (model === "backup" ? OTHER_WORDS : WORDS),
    ...(faults && { faults }),
    ...options,
  });
}

function model(name: string, contextTokens = 8_192) {
  const chat = new ChatOpenAI({ model: name, apiKey: "k", maxRetries: 0, configuration: { baseURL: provider.url } });
  return { route: name, model: asModel(chat, { capabilities: { contextTokens, tools: true } }) };
}

interface Changes {
  plan?: Partial<CallPlan>;
  services?: Partial<CallServices>;
  streamed?: boolean;
  deadlineMs?: number;
}

async function call({ plan, services, streamed = false, deadlineMs = 20_000 }: Changes = {}) {
  let text = "";
  const restarts: string[] = [];
  const on = (event: CallEvent) => {
    if (event.type === "delta") text += event.text;
    if (event.type !== "restart") return;
    restarts.push(event.reason);
    text = "";
  };
  const result = await callModel(
    {
      ladder: [model("primary"), model("backup", 100_000)],
      startRung: 0,
      messages,
      parameters,
      minOutputTokens: 1,
      ...(streamed && { delivery: "live", mayRestart: true, on }),
      policy,
      stage: "call",
      visit: 1,
      firstNumber: 1,
      ...plan,
    },
    {
      clock: realClock,
      random: seededRandom(1),
      ids: sequentialIds(),
      signal: new AbortController().signal,
      deadline: deadlineIn(realClock, deadlineMs),
      ...services,
    },
  );
  return { result, delivered: text, restarts };
}

function onPrimary(fault: Fault, times = Number.POSITIVE_INFINITY): { primary: FaultSource } {
  return { primary: (_, attempt) => (attempt <= times ? fault : undefined) };
}

const kinds = (result: { attempts: readonly { route: string; fault?: { kind: string } }[] }) =>
  result.attempts.map(({ route, fault }) => `${route}:${fault?.kind ?? "answered"}`);

describe.each([{ streamed: false }, { streamed: true }])("callModel, streamed: $streamed", ({ streamed }) => {
  it.each<[string, Fault, number, string[]]>([
    ["one 500", { kind: "status", status: 500 }, 1, ["primary:server_error", "primary:answered"]],
    [
      "one 429 that asks to wait",
      { kind: "status", status: 429, retryAfter: 0.05 },
      1,
      ["primary:rate_limit", "primary:answered"],
    ],
    [
      "one 429 that asks for too long",
      { kind: "status", status: 429, retryAfter: 60 },
      1,
      ["primary:rate_limit", "backup:answered"],
    ],
    [
      "503 for ever",
      { kind: "status", status: 503 },
      9,
      ["primary:overloaded", "primary:overloaded", "primary:overloaded", "backup:answered"],
    ],
    ["reset before headers", { kind: "reset" }, 1, ["primary:connection_reset", "primary:answered"]],
    [
      "context too long",
      { kind: "status", status: 400, code: "context_length_exceeded" },
      9,
      ["primary:context_length", "backup:answered"],
    ],
    [
      "an account without credit",
      { kind: "status", status: 429, code: "insufficient_quota" },
      9,
      ["primary:quota", "backup:answered"],
    ],
  ])("survives %s", async (_, fault, times, attempts) => {
    await serve(onPrimary(fault, times));
    const { result, delivered } = await call({ streamed });
    expect(kinds(result)).toEqual(attempts);
    const words = attempts.at(-1) === "backup:answered" ? OTHER_WORDS : WORDS;
    expect(result.ok && result.answer.text).toBe(words);
    if (streamed) expect(delivered).toBe(words);
    expect(provider.log).toHaveLength(attempts.length);
  });

  it.each<[string, Fault]>([
    ["no answer", { kind: "no_answer" }],
    ["a first token that comes too late", { kind: "slow_first_token", ms: 20_000 }],
  ])("leaves a silent route without a retry: %s", async (_, fault) => {
    await serve(onPrimary(fault));
    const { result } = await call({ streamed, plan: { policy: impatient } });
    expect(kinds(result)).toEqual([
      `primary:${streamed ? "first_token_timeout" : "attempt_timeout"}`,
      "backup:answered",
    ]);
    expect(provider.log[0]?.closedByClient).toBe(true);
  });

  it.each<[string, Fault, string, string]>([
    ["a bad request", { kind: "status", status: 400 }, "PROVIDER_REJECTED", "bad_request"],
    ["a wrong key", { kind: "status", status: 401 }, "PROVIDER_REJECTED", "authentication"],
    [
      "a filtered request",
      { kind: "status", status: 400, code: "content_filter" },
      "CONTENT_FILTERED",
      "content_filter",
    ],
    ["a filtered answer", { kind: "content_filter" }, "CONTENT_FILTERED", "content_filter"],
  ])("stops at %s", async (_, fault, code, kind) => {
    await serve(onPrimary(fault));
    const { result } = await call({ streamed });
    expect(result).toMatchObject({ ok: false, failure: { code, stage: "call", retryable: false } });
    expect(kinds(result)).toEqual([`primary:${kind}`]);
  });

  it("leaves a route whose model is unknown to its provider, and says so where there is no other", async () => {
    const unknown: Fault = { kind: "status", status: 404 };
    await serve(onPrimary(unknown));
    expect(kinds((await call({ streamed })).result)).toEqual(["primary:not_found", "backup:answered"]);
    await provider.close();
    await serve({ primary: () => unknown, backup: () => unknown });
    const { result } = await call({ streamed });
    expect(result).toMatchObject({ ok: false, failure: { code: "PROVIDER_REJECTED", retryable: false } });
    expect(kinds(result)).toEqual(["primary:not_found", "backup:not_found"]);
  });

  it.each<Fault>([{ kind: "empty_choices" }, { kind: "empty_body" }, { kind: "error_body" }, { kind: "html_body" }])(
    "takes a 200 with $kind for a fault",
    async (fault) => {
      await serve(onPrimary(fault, 1));
      const { result } = await call({ streamed });
      expect(result.ok && result.answer.text).toBe(WORDS);
      expect(result.attempts.map((attempt) => attempt.result)).toEqual(["failed", "answered"]);
    },
  );

  it("ends at the deadline when nothing answers", async () => {
    await serve({ "*": () => ({ kind: "no_answer" }) });
    const started = Date.now();
    const { result } = await call({ streamed, deadlineMs: 300 });
    expect(result).toMatchObject({ ok: false, failure: { code: "DEADLINE_EXCEEDED" } });
    expect(Date.now() - started).toBeLessThan(300 + 250);
  });

  it("ends at once when the caller cancels, and closes the socket", async () => {
    await serve({ "*": () => ({ kind: "no_answer" }) });
    const caller = new AbortController();
    const running = call({ streamed, services: { signal: caller.signal } });
    await expect.poll(() => provider.log.length).toBe(1);
    caller.abort();
    const { result } = await running;
    expect(result).toMatchObject({ ok: false, failure: { code: "CANCELLED" } });
    expect(result.attempts.map((attempt) => attempt.result)).toEqual(["cancelled"]);
    await expect.poll(() => provider.log[0]?.closedByClient).toBe(true);
  });

  it("counts all attempts of a call under one cap", async () => {
    await serve({ "*": () => ({ kind: "status", status: 503 }) });
    const { result } = await call({ streamed, plan: { policy: { ...policy, maxAttempts: 4 }, firstNumber: 3 } });
    expect(result).toMatchObject({ ok: false, failure: { code: "ATTEMPTS_EXHAUSTED", retryable: true } });
    expect(result.attempts.map(({ number, why }) => [number, why])).toEqual([
      [3, "first"],
      [4, "retry"],
      [5, "retry"],
      [6, "fallback"],
    ]);
  });

  it("keeps the arguments of a tool call as they were written, and takes none from a cut answer", async () => {
    await serve(undefined, {
      respond: ({ model }) => ({
        toolCalls: [{ name: "f", arguments: '{"n": 1.0}' }],
        finish: model === "backup" ? "length" : "tool_calls",
      }),
    });
    const tools = [{ name: "f", description: "", parameters: { type: "object" } }];
    const plan = { parameters: { ...parameters, tools } };
    const whole = await call({ streamed, plan });
    const cut = await call({ streamed, plan: { ...plan, startRung: 1 } });
    expect(whole.result).toMatchObject({
      answer: { finish: "tool_calls", toolCalls: [{ name: "f", argumentsText: '{"n": 1.0}' }] },
    });
    expect(cut.result).toMatchObject({ ok: true, answer: { finish: "length", toolCalls: [] } });
  });
});

describe("callModel, secrets", () => {
  it("lets no key into attempts and failures", async () => {
    await serve(onPrimary({ kind: "status", status: 401, message: "Incorrect API key provided: sk-live-0123456789" }));
    const { result } = await call();
    expect(result).toMatchObject({ ok: false, failure: { cause: { message: expect.stringContaining("[key]") } } });
    expect(JSON.stringify(result)).not.toContain("0123456789");
  });
});

describe("callModel, streams that break", () => {
  it.each<[string, Fault, string]>([
    ["is cut", { kind: "cut_stream", afterTokens: 40 }, "cut_stream"],
    ["stalls", { kind: "stalled_stream", afterTokens: 20 }, "stalled_stream"],
    ["stalls behind keep-alives", { kind: "stalled_stream", afterTokens: 20, heartbeat: "comment" }, "stalled_stream"],
    [
      "stalls behind empty deltas",
      { kind: "stalled_stream", afterTokens: 20, heartbeat: "empty_delta" },
      "stalled_stream",
    ],
    ["carries a malformed chunk", { kind: "malformed_chunk", at: 10 }, "malformed_chunk"],
    ["ends without its finish reason", { kind: "no_finish" }, "cut_stream"],
    ["breaks its chunked encoding", { kind: "broken_chunking", afterTokens: 5 }, "cut_stream"],
  ])("never takes for an answer a stream that %s", async (_, fault, kind) => {
    await serve(onPrimary(fault));
    const { result, delivered, restarts } = await call({ streamed: true, plan: { policy: impatient } });
    expect(result.ok && result.answer.text).toBe(OTHER_WORDS);
    expect(delivered).toBe(OTHER_WORDS);
    expect(restarts).toEqual([kind]);
    expect(result.attempts[0]?.fault?.kind).toBe(kind);
    expect(result.attempts[0]?.answer?.text).toMatch(/^w0 w1/);
  });

  it.each([{ open: false }, { open: true }])("needs no [DONE] after the finish reason (%o)", async ({ open }) => {
    await serve(onPrimary({ kind: "no_done", open }));
    const { result } = await call({ streamed: true });
    expect(kinds(result)).toEqual(["primary:answered"]);
    expect(result.ok && result.answer.text).toBe(WORDS);
  });
});

describe("callModel with a gate", () => {
  function recordingGate(maxOutputTokens = 100) {
    const seen: string[] = [];
    const gate: Gate = {
      async admit(plan) {
        seen.push(`admit ${plan.model}`);
        return { maxOutputTokens: Math.min(maxOutputTokens, plan.maxOutputTokens), heldMicroUsd: 9 };
      },
      async settle(_, { usage }) {
        seen.push(usage ? `settle ${usage.outputTokens}` : "settle all");
        return { microUsd: usage ? usage.outputTokens : 9, debtMicroUsd: 0 };
      },
    };
    return { gate, seen };
  }

  it("holds and settles every attempt, failed ones too", async () => {
    await serve({
      primary: (_, attempt) => [{ kind: "status", status: 500 } as const, { kind: "reset" } as const][attempt - 1],
    });
    const { gate, seen } = recordingGate();
    const { result } = await call({ services: { gate } });
    const used = result.attempts[2]?.usage?.outputTokens;
    expect(seen).toEqual([
      ...["admit primary", "settle 0"],
      ...["admit primary", "settle all"],
      ...["admit primary", `settle ${used}`],
    ]);
    expect(result.costs.map(({ microUsd }) => microUsd)).toEqual([0, 9, used]);
    expect(result.attempts.map(({ costMicroUsd }) => costMicroUsd)).toEqual([0, 9, used]);
  });
});

describe("callModel with a breaker", () => {
  it("leaves a failing route alone and comes back to it within a probe interval", async () => {
    let down = true;
    await serve({ primary: () => (down ? { kind: "status", status: 503 } : undefined) });
    const breaker = { consecutiveFailures: 3, failureRate: 1, window: 100, probeIntervalMs: 200 };
    const health = new Health(realClock, { breaker });
    const first = await call({ services: { health } });
    expect(kinds(first.result).at(-1)).toBe("backup:answered");
    expect(health.states()).toEqual({ primary: "open", backup: "closed" });
    const second = await call({ services: { health } });
    expect(kinds(second.result)).toEqual(["backup:answered"]);
    down = false;
    await new Promise((resolve) => setTimeout(resolve, 210));
    const third = await call({ services: { health } });
    expect(kinds(third.result)).toEqual(["primary:answered"]);
    expect(health.state("primary")).toBe("closed");
  });

  it("rests a route for as long as it asked, and waits where there is no other", async () => {
    await serve(onPrimary({ kind: "status", status: 429, retryAfter: 0.1 }, 1));
    const health = new Health(realClock);
    const plan = { ladder: [model("primary")] };
    const [one, two] = await Promise.all([
      call({ plan, services: { health } }),
      new Promise((resolve) => setTimeout(resolve, 40)).then(() => call({ plan, services: { health } })),
    ]);
    expect(one.result.ok && two.result.ok).toBe(true);
    expect(kinds(two.result)).toEqual(["primary:answered"]);
    expect(provider.log).toHaveLength(3);
  });
});

describe("callModel with a retry budget", () => {
  it("leaves a route whose retries are used up by others", async () => {
    await serve({ primary: () => ({ kind: "status", status: 503 }) });
    const breaker = { consecutiveFailures: 1_000, failureRate: 1, window: 1_000, probeIntervalMs: 200 };
    const health = new Health(realClock, { breaker, retryBudget: { ratio: 0.2, floorPerSecond: 0 } });
    for (let round = 0; round < 20; round++) expect((await call({ services: { health } })).result.ok).toBe(true);
    const primary = provider.log.filter(({ model }) => model === "primary").length;
    // 20 calls, one retry to begin with and a fifth of a retry earned by each call.
    expect(primary).toBeGreaterThanOrEqual(20);
    expect(primary).toBeLessThanOrEqual(20 + 1 + 4);
  });
});

describe("callModel and what models can do", () => {
  it("takes the arguments of a forced answer tool for the text of the answer", async () => {
    await serve(undefined, {
      respond: () => ({ toolCalls: [{ name: "row", arguments: '{"a":1}' }], finish: "tool_calls" }),
    });
    const { chat } = model("primary").model;
    const forced = {
      route: "primary",
      model: asModel(chat, { capabilities: { structuredOutput: "tool", tools: true } }),
    };
    const plan = {
      ladder: [forced],
      parameters: { ...parameters, responseSchema: { name: "row", schema: { type: "object" } } },
    };
    for (const streamed of [false, true]) {
      const { result } = await call({ plan, streamed });
      expect(result).toMatchObject({ ok: true, answer: { text: '{"a":1}', toolCalls: [], finish: "stop" } });
    }
  });

  it("passes over models that do not take images", async () => {
    await serve(undefined);
    const seeing = model("backup");
    const eye = { route: "eye", model: asModel(seeing.model.chat, { capabilities: { vision: true } }) };
    const image = { type: "image_url" as const, image_url: { url: "data:image/png;base64,AA==" } };
    const { result } = await call({
      plan: { ladder: [model("primary"), eye], messages: [{ role: "user", content: [image] }] },
    });
    expect(kinds(result)).toEqual(["eye:answered"]);
  });

  it("sends tool turns back as they were", async () => {
    await serve(undefined);
    const toolCalls = [{ id: "t1", name: "f", argumentsText: '{"n":1}' }];
    await call({
      plan: {
        messages: [
          ...messages,
          { role: "assistant", content: "", toolCalls },
          { role: "tool", toolCallId: "t1", name: "f", content: "2" },
        ],
      },
    });
    expect(provider.log[0]?.body).toMatchObject({
      messages: [
        { role: "user", content: "hi" },
        { role: "assistant", tool_calls: [{ id: "t1", function: { name: "f", arguments: '{"n":1}' } }] },
        { role: "tool", tool_call_id: "t1", content: "2" },
      ],
    });
  });
});
