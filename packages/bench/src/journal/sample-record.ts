import { initialRequestState, type RecordOpening, type RequestRecord } from "@armature/contracts";

export const DAY_MS = 86_400_000;

const MODELS = ["gpt-4.1-mini", "gpt-4.1", "claude-sonnet-4", "claude-haiku-4", "gemini-2.5-flash"];
const CODES = ["PROVIDER_UNAVAILABLE", "OUTPUT_INVALID", "DEADLINE_EXCEEDED"] as const;
const TEXT = "The customer writes that the invoice of last month was charged twice and asks for the money back. ";

/** The opening of the `index`-th of many requests. */
export function sampleOpening(requestId: string, index: number, acceptedAt: number): RecordOpening {
  return {
    version: 1,
    requestId,
    task: `task-${index % 7}`,
    tenant: `tenant-${(index * 31) % 50}`,
    thread: `thread-${index >> 2}`,
    acceptedAt,
    input: { hash: "0".repeat(64), bytes: 900 },
    hashes: { task: "1".repeat(64), config: "2".repeat(64) },
    plugins: [{ name: "guard-pii", version: "0.1.0" }],
  };
}

/** A finished record of about 4 KB with one attempt, a passage, a prompt and a value; one in 25 failed. */
export function sampleRecord(opening: RecordOpening, index: number): RequestRecord {
  const model = MODELS[(index * 7) % MODELS.length]!;
  const durationMs = Math.round(150 * Math.exp(((index * 7_919) % 1_000) / 250));
  const microUsd = 20 + ((index * 104_729) % 3_000) * (index % 5_000 === 0 ? 10 : 1);
  const failure = { code: CODES[index % 3]!, message: "No answer was one.", retryable: true };
  const answer = { text: JSON.stringify({ summary: TEXT.repeat(3) }), toolCalls: [], finish: "stop" as const };
  const attempt = {
    id: `${opening.requestId}-1`,
    number: 1,
    stage: "call",
    visit: 1,
    route: "fast",
    model,
    why: "first" as const,
    startedAt: opening.acceptedAt + 5,
    latencyMs: durationMs - 10,
    result: "answered" as const,
    answer,
    usage: { inputTokens: 420, outputTokens: 90 },
    costMicroUsd: microUsd,
  };
  const state = initialRequestState(opening, { email: TEXT.repeat(6) });
  const value = { summary: TEXT.repeat(3) };
  return {
    ...opening,
    status: "finished",
    finishedAt: opening.acceptedAt + durationMs,
    durationMs,
    state: {
      ...state,
      messages: [{ role: "user", content: TEXT.repeat(3) }],
      answer,
      candidate: { json: value },
      attempts: [attempt],
      rendering: {
        name: "triage",
        version: `2.${index % 3}.0`,
        hash: "3".repeat(64),
        renderedHash: "4".repeat(64),
        tokens: 400,
        parameters: { temperature: 0 },
      },
      costs: [{ attemptId: attempt.id, what: "model", name: model, microUsd, priceVersion: "genai-prices@0.1.8" }],
      failure: index % 25 === 0 ? failure : null,
    },
    timings: ["route", "retrieve", "prompt", "call", "validate", "log"].map((stage) => ({
      stage,
      visit: 1,
      startedAt: opening.acceptedAt,
      durationMs: 1,
    })),
    result: index % 25 === 0 ? { ok: false, failure } : { ok: true, value },
  };
}
