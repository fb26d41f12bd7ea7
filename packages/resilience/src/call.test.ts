import type { Fault } from "@armature/testkit";
import { afterEach, describe, expect, it } from "vitest";
import {
  call,
  impatient,
  kinds,
  OTHER_WORDS,
  onPrimary,
  parameters,
  policy,
  provider,
  serve,
  WORDS,
} from "./call.fixture.js";

afterEach(() => provider.close());

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
