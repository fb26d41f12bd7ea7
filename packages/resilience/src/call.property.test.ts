import { monitorEventLoopDelay } from "node:perf_hooks";
import { type Clock, deadlineIn } from "@armature/contracts";
import { type Fault, type Provider, seededRandom, sequentialIds, startProvider } from "@armature/testkit";
import { ChatOpenAI } from "@langchain/openai";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asModel } from "./as-model.js";
import { callModel } from "./call.js";
import type { CallEvent } from "./call-event.js";
import { Health } from "./health.js";

const DEADLINE_MS = 400;
const GRACE_MS = 250;
const WORDS = "one two three four five six seven eight";

const clock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

let plan: readonly (Fault | undefined)[] = [];
let seen = 0;
let provider: Provider;
beforeAll(async () => {
  provider = await startProvider({ respond: () => WORDS, faults: () => plan[seen++] });
});
afterAll(() => provider.close());

function model(name: string) {
  const chat = new ChatOpenAI({ model: name, apiKey: "k", maxRetries: 0, configuration: { baseURL: provider.url } });
  return { route: name, model: asModel(chat) };
}

const fault = fc.oneof(
  fc.constantFrom<Fault | undefined>(
    undefined,
    { kind: "reset" },
    { kind: "no_answer" },
    { kind: "empty_body" },
    { kind: "empty_choices" },
    { kind: "error_body" },
    { kind: "html_body" },
    { kind: "truncated_body" },
    { kind: "no_finish" },
    { kind: "no_done", open: true },
    { kind: "content_filter" },
    { kind: "context_length" },
    { kind: "error_event", afterTokens: 3 },
    { kind: "missing_chunk", at: 1 },
  ),
  fc.record({ kind: fc.constant("status" as const), status: fc.constantFrom(400, 401, 404, 408, 429, 500, 503) }),
  fc.record({
    kind: fc.constant("status" as const),
    status: fc.constant(429),
    retryAfter: fc.constantFrom(0, 0.05, 9),
  }),
  fc.record({ kind: fc.constantFrom("cut_stream" as const, "stalled_stream" as const), afterTokens: fc.nat(7) }),
  fc.record({ kind: fc.constant("malformed_chunk" as const), at: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ kind: fc.constant("slow_first_token" as const), ms: fc.constantFrom(20, 5_000) }),
);

describe("callModel, whatever the provider does", () => {
  it("ends once, in time, with the whole answer or a typed failure, within its cap of attempts", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fault, { maxLength: 6 }),
        fc.boolean(),
        fc.integer(),
        async (faults, streamed, seed) => {
          plan = faults;
          seen = 0;
          let delivered = "";
          const on = (event: CallEvent) => {
            if (event.type === "delta") delivered += event.text;
            if (event.type === "restart") delivered = "";
          };
          const delay = monitorEventLoopDelay({ resolution: 5 });
          delay.enable();
          const startedAt = Date.now();
          const result = await callModel(
            {
              ladder: [model("primary"), model("backup")],
              startRung: 0,
              messages: [{ role: "user", content: "hi" }],
              parameters: { maxOutputTokens: 100 },
              minOutputTokens: 1,
              ...(streamed && { delivery: "live", mayRestart: true, on }),
              policy: {
                attemptTimeoutMs: 120,
                firstTokenTimeoutMs: 60,
                idleTimeoutMs: 50,
                retries: 2,
                backoff: { baseMs: 2, maxMs: 10 },
                maxAttempts: 5,
              },
              stage: "call",
              visit: 1,
              firstNumber: 1,
            },
            {
              clock,
              random: seededRandom(seed),
              ids: sequentialIds(),
              signal: new AbortController().signal,
              deadline: deadlineIn(clock, DEADLINE_MS),
              health: new Health(clock),
            },
          );
          const tookMs = Date.now() - startedAt;
          delay.disable();
          // What a busy machine kept this process from running is not the call's fault.
          expect(tookMs).toBeLessThan(DEADLINE_MS + GRACE_MS + delay.max / 1e6);
          expect(result.attempts.length).toBeLessThanOrEqual(5);
          expect(result.attempts.map(({ number }) => number)).toEqual(result.attempts.map((_, index) => index + 1));
          if (result.ok) {
            expect(result.answer.text).toBe(WORDS);
            if (streamed) expect(delivered).toBe(WORDS);
            expect(result.attempts.filter((attempt) => attempt.result === "answered")).toHaveLength(1);
          } else {
            expect(result.failure.message).not.toBe("");
            expect(result.failure.code).not.toBe("STAGE_FAILED");
            expect(result.attempts.every((attempt) => attempt.fault !== undefined)).toBe(true);
          }
          expect(JSON.parse(JSON.stringify(result))).toEqual(result);
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});
