import type { Attempt, JsonObject, Message, RequestRecord } from "@armature/contracts";
import { openingOf, recordOf } from "./records.fixture.js";

/** Stands in every text that somebody wrote or a model said. */
export const CANARY = "canary-5d1c7e";

const T0 = 1_769_817_600_000;

/** A record in which every part is filled, and every content holds the canary. */
export function fullRecord(): RequestRecord {
  const opening = openingOf("0198c0de-0000-7000-8000-000000000001", {
    tenant: "acme",
    user: "ann",
    thread: "t-42",
    traceId: "0af7651916cd43dd8448eb211c80319c",
    parentSpanId: "b7ad6b7169203331",
    acceptedAt: T0,
  });
  const failure = {
    code: "OUTPUT_INVALID" as const,
    message: `The answer is wrong: ${CANARY}`,
    stage: "validate",
    retryable: true,
    issues: [issue()],
    details: { quoted: CANARY },
    cause: { name: "SyntaxError", message: `Unexpected token in ${CANARY}` },
  };
  const base = recordOf(opening.requestId, opening);
  return {
    ...base,
    state: { ...base.state, ...contents(), ...plumbing(), failure, ...({ mood: CANARY } as JsonObject) },
    timings: [
      { stage: "route", visit: 1, startedAt: T0 + 1, durationMs: 4 },
      { stage: "retrieve", visit: 1, startedAt: T0 + 5, durationMs: 40 },
      { stage: "prompt", visit: 1, startedAt: T0 + 45, durationMs: 5 },
      { stage: "call", visit: 1, startedAt: T0 + 50, durationMs: 700 },
      { stage: "validate", visit: 1, startedAt: T0 + 750, durationMs: 6 },
    ],
    validations: [{ visit: 1, attemptId: "a1", issues: [issue()] }],
    tools: [tool("lookup", "answered"), tool(`no-such-${CANARY}`, "refused")],
    cache: {
      cache: "memory",
      originRequestId: "r0",
      route: "strong",
      ageMs: 9_000,
      savedMicroUsd: 310,
      similarity: 0.97,
    },
    redactions: [{ boundary: "input", guard: "guard-pii", label: "EMAIL", path: ["email", CANARY], start: 8, end: 20 }],
    effects: [{ stage: "call", visit: 1, clock: [T0 + 50], ids: ["a1"], random: [0.25] }],
    feedback: [{ score: 0, comment: `Not ${CANARY}`, at: T0 + 5_000 }],
    result: { ok: false, failure },
  };
}

function issue() {
  return {
    kind: "invalid_type",
    path: ["lines", 2, CANARY],
    message: `${CANARY} is not a number`,
    expected: `one of ${CANARY}`,
    received: { [CANARY]: CANARY },
  };
}

function tool(name: string, outcome: "answered" | "refused") {
  return {
    id: "call-1",
    name,
    visit: 1,
    startedAt: T0 + 300,
    latencyMs: 12,
    arguments: { query: CANARY },
    result: CANARY,
    outcome,
  };
}

function contents() {
  const call = { id: "call-1", name: `tool-${CANARY}`, argumentsText: `{"q":"${CANARY}"}` };
  const answer = { text: `It is ${CANARY}`, toolCalls: [call], finish: "stop" as const, refusal: `No ${CANARY}` };
  const messages: Message[] = [
    { role: "system", content: `Be kind to ${CANARY}` },
    {
      role: "user",
      content: [
        { type: "text", text: CANARY },
        { type: "image_url", image_url: { url: `data:,${CANARY}` } },
      ],
    },
    { role: "assistant", content: CANARY, toolCalls: [call] },
    { role: "tool", content: CANARY, toolCallId: "call-1", name: call.name },
  ];
  const attempt: Attempt = {
    id: "a1",
    number: 1,
    stage: "call",
    visit: 1,
    route: "strong",
    provider: "openai",
    model: "gpt-4.1",
    answeredBy: "gpt-4.1-2025-04-14",
    why: "first",
    parameters: { maxOutputTokens: 400, temperature: 0.2, topP: 0.9, seed: 7, stop: ["END"] },
    startedAt: T0 + 52,
    latencyMs: 690,
    firstTokenMs: 210,
    result: "answered",
    answer: { ...answer, model: "gpt-4.1-2025-04-14", fingerprint: "fp_1" },
    usage: { inputTokens: 412, outputTokens: 64, cachedInputTokens: 256, cacheWriteTokens: 12, reasoningTokens: 20 },
    costMicroUsd: 310,
  };
  const failed: Attempt = {
    ...attempt,
    id: "a0",
    route: "fast",
    model: "gpt-4.1-mini",
    result: "failed",
    answer,
    fault: { code: "PROVIDER_UNAVAILABLE", kind: "rate_limit", status: 429, message: `Slow down, ${CANARY}` },
    costMicroUsd: 0,
  };
  return {
    input: { email: `My word is ${CANARY}`, [CANARY]: 1 },
    retrieval: {
      query: `Who is ${CANARY}?`,
      passages: [
        {
          id: "faq#3",
          documentId: "faq",
          text: `${CANARY} is a bird`,
          score: 0.91,
          store: "hnsw",
          start: 0,
          end: 24,
          metadata: { by: CANARY },
        },
      ],
      memories: [{ id: "m1", kind: "turn" as const, messages: messages.slice(1, 2), tokens: 4 }],
      indexes: [{ store: "hnsw", version: "v12" }],
      dropped: [{ id: "faq#9", reason: `too far from ${CANARY}`, store: "hnsw", score: 0.2 }],
    },
    messages,
    answer,
    candidate: { json: { said: CANARY } },
    issues: [issue()],
    attempts: [failed, attempt],
    changes: [
      {
        kind: "trim",
        class: "lossless" as const,
        path: ["said", CANARY],
        span: { start: 0, end: 3 },
        before: CANARY,
        after: [CANARY],
      },
    ],
    verdicts: [
      {
        guard: "guard-pii",
        boundary: "input" as const,
        action: "redact" as const,
        reason: `found ${CANARY}`,
        findings: [{ path: ["email", CANARY], label: "EMAIL", start: 8, end: 20, replacement: `<${CANARY}>` }],
      },
    ],
    degraded: [`memory: ${CANARY}`],
  };
}

function plumbing() {
  return {
    tenant: "acme",
    routing: {
      ladder: [
        { route: "fast", reason: `cheap enough for ${CANARY}` },
        { route: "strong", reason: "the next" },
      ],
      scores: [{ route: "fast", score: 0.8, reason: `near ${CANARY}` }],
    },
    rendering: {
      name: "triage",
      version: "2.1.0",
      hash: "h",
      renderedHash: "r",
      variables: { email: CANARY },
      tokens: 400,
      parameters: { temperature: 0.2 },
    },
    costs: [
      { attemptId: "a1", what: "model" as const, name: "gpt-4.1", microUsd: 310, priceVersion: "2026-01-02" },
      { attemptId: "t1", what: "tool" as const, name: "lookup", microUsd: 12 },
    ],
    visits: { route: 1, retrieve: 1, prompt: 1, call: 1, validate: 1 },
  };
}
