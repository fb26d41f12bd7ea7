import type { Attempt, RequestRecord } from "@armature/contracts";
import { describe, expect, test } from "vitest";
import { explainJson } from "./explain-json.js";
import { explainRecord } from "./explain-record.js";
import { fullRecord } from "./full-record.fixture.js";
import { recordOfOpening } from "./record-row.js";
import { openingOf, recordOf } from "./records.fixture.js";

const ACCEPTED = Date.UTC(2026, 0, 31, 12);

function repaired(): RequestRecord {
  const base = recordOf("req-1", { tenant: "acme", acceptedAt: ACCEPTED });
  const usage = { inputTokens: 400, outputTokens: 60 };
  const attempt = { stage: "call", visit: 1, route: "fast", model: "gpt-4.1-mini", startedAt: ACCEPTED, usage };
  return {
    ...base,
    durationMs: 840,
    state: {
      ...base.state,
      routing: {
        ladder: [
          { route: "fast", reason: "short and plain" },
          { route: "strong", reason: "fallback" },
        ],
        scores: [{ route: "fast", score: 0.82, reason: "should do" }],
      },
      retrieval: {
        query: "refund",
        passages: [
          {
            id: "doc-1#0",
            documentId: "doc-1",
            text: "Refunds take\nfive days.",
            score: 0.91,
            store: "hnsw",
            start: 0,
            end: 23,
          },
        ],
        memories: [],
        dropped: [{ id: "doc-9#2", reason: "over the token budget" }],
      },
      rendering: {
        name: "triage",
        version: "2.1.0",
        hash: "abcdef0123456789",
        renderedHash: "",
        tokens: 398,
        variables: { email: "Where is my\nrefund?", lang: "en" },
        parameters: { temperature: 0 },
      },
      attempts: [
        {
          ...attempt,
          id: "a1",
          number: 1,
          why: "first",
          latencyMs: 120,
          result: "failed",
          fault: { code: "PROVIDER_UNAVAILABLE", kind: "rate_limit", message: "Too many requests", status: 429 },
          costMicroUsd: 0,
        },
        {
          ...attempt,
          id: "a2",
          number: 2,
          why: "retry",
          latencyMs: 610,
          result: "answered",
          answer: { text: "…", toolCalls: [], finish: "stop" },
          costMicroUsd: 256,
        },
      ],
      changes: [
        {
          kind: "number",
          class: "coercion",
          path: ["lines", 2, "amount"],
          span: { start: 40, end: 44 },
          before: "42",
          after: 42,
        },
      ],
      verdicts: [
        {
          guard: "pii",
          boundary: "input",
          action: "redact",
          findings: [
            { path: [], start: 0, end: 3, label: "EMAIL" },
            { path: [], start: 9, end: 12, label: "EMAIL" },
          ],
        },
      ],
      costs: [
        { attemptId: "a2", what: "model", name: "gpt-4.1-mini", microUsd: 256, priceVersion: "genai-prices@0.1" },
      ],
    },
    timings: [
      { stage: "route", visit: 1, startedAt: ACCEPTED, durationMs: 2 },
      { stage: "call", visit: 1, startedAt: ACCEPTED, durationMs: 500 },
      { stage: "call", visit: 2, startedAt: ACCEPTED, durationMs: 300 },
    ],
  };
}

describe("explainRecord", () => {
  test("tells the whole story on one screen", () => {
    const text = explainRecord(repaired());
    const told = [
      "req-1",
      "tenant acme",
      "2026-01-31 12:00:00.000 UTC, finished in 840 ms, 0.000256 USD",
      'accepted {"category":"bug"}',
      "fast: short and plain",
      "then strong (fallback)",
      "0.910    doc-1#0 [0..23] in hnsw  Refunds take five days.",
      "over the token budget",
      "triage 2.1.0 (abcdef012345), 398 tokens",
      'email = "Where is my\\nrefund?"',
      'lang = "en"',
      "rate_limit 429: Too many requests",
      "lines[2].amount  [40..44]",
      '"42" → 42',
      "2 × EMAIL",
      "model gpt-4.1-mini  0.000256 USD  attempt #2  genai-prices@0.1",
      "call × 2",
      "between",
    ];
    for (const fact of told) expect(text).toContain(fact);
    expect(text.split("\n").length).toBeLessThan(40);
  });

  test("says why each attempt was made", () => {
    const { state, ...record } = repaired();
    const [first] = state.attempts;
    const made = (number: number, visit: number, why: Attempt["why"], more: Partial<Attempt> = {}): Attempt => {
      return { ...first!, id: `a${number}`, number, visit, why, result: "answered", ...more };
    };
    const attempts = [
      made(1, 1, "first", { stage: "plugin" }),
      made(2, 1, "first", { result: "failed" }),
      made(3, 1, "retry"),
      made(4, 2, "first"),
      made(5, 3, "first"),
      made(6, 4, "first", { route: "strong" }),
      made(7, 4, "hedge", { route: "strong" }),
    ];
    const stages = ["call", "tools", "call", "validate", "repair", "call", "validate", "repair", "call"];
    const timings = stages.map((stage, index) => ({
      stage,
      visit: stages.slice(0, index + 1).filter((one) => one === stage).length,
      startedAt: ACCEPTED,
      durationMs: 1,
    }));
    const story = { ...record, state: { ...state, attempts }, timings };
    const reasons = ["a plugin asked", "first", "retry", "tool results", "re-ask", "re-ask, up from fast", "hedge"];
    expect(explainJson(story).attempts.map(({ reason }) => reason)).toEqual(reasons);
    const lines = explainRecord(story).split("\n");
    for (const [index, reason] of reasons.entries()) {
      expect(lines.find((line) => line.includes(`#${index + 1}  `) && line.includes("= gpt"))).toContain(
        `  ${reason}  `,
      );
    }
  });

  test("says where and why a request was refused", () => {
    const failure = {
      code: "PLUGIN_FAILED" as const,
      message: "The store hung",
      stage: "retrieve",
      plugin: "store-hnsw",
      retryable: true,
      cause: { name: "TimeoutError", message: "5000 ms" },
    };
    const text = explainRecord(recordOf("r", { result: { ok: false, failure } }));
    expect(text).toContain("refused: PLUGIN_FAILED in retrieve by store-hnsw");
    expect(text).toContain("because of TimeoutError: 5000 ms");
  });

  test("knows what little there is of an open and of an abandoned request", () => {
    const open = recordOfOpening(openingOf("r"));
    expect(explainRecord(open)).toContain("none yet");
    expect(explainRecord({ ...open, status: "abandoned" })).toContain("its process died");
  });

  test("cuts long lists and lets no text steer the terminal", () => {
    const base = repaired();
    const changes = Array.from({ length: 500 }, () => base.state.changes[0]!);
    const value = { text: `\u001b[2J\u0007${"long ".repeat(500)}` };
    const record = {
      ...base,
      state: { ...base.state, changes, degraded: ["\u001b]0;title\u0007memory"] },
      result: { ok: true as const, value },
    };
    const text = explainRecord(record);
    expect(text).toContain("… and 492 more");
    expect(text.split("\n").length).toBeLessThan(50);
    for (const line of text.split("\n")) expect(line.length).toBeLessThan(200);
    expect([...text].every((character) => character === "\n" || character.codePointAt(0)! >= 32)).toBe(true);
  });

  test("shows how the prompt differs from the version before", () => {
    const promptTexts = (name: string, version: string) => {
      expect([name, version]).toEqual(["triage", "2.1.0"]);
      return {
        text: "You sort mail.\n\nAnswer in JSON.\nBe brief.",
        previous: { version: "2.0.0", text: "You sort mail.\nAnswer in JSON.\nBe kind." },
      };
    };
    const text = explainRecord(repaired(), { promptTexts });
    expect(text).toMatch(/since 2\.0\.0:\n +- Be kind\.\n +\+ Be brief\.\n/);
    expect(text).not.toContain("- You sort");
    expect(explainJson(repaired(), { promptTexts }).prompt?.difference).toEqual({
      previous: "2.0.0",
      removed: ["Be kind."],
      added: ["Be brief."],
    });
    const long = { text: "a\n".repeat(50), previous: { version: "1.0.0", text: "b" } };
    expect(explainRecord(repaired(), { promptTexts: () => long }).split("\n").length).toBeLessThan(45);
    expect(explainRecord(repaired(), { promptTexts: () => ({ text: "x" }) })).not.toContain("since");
  });

  test("tells of tools, cache, every answer's issues, feedback and replay", () => {
    const text = explainRecord({ ...fullRecord(), replay: { replayable: false, why: ["Its input was taken out."] } });
    const told = [
      "from hnsw at v12",
      "lookup                 answered  12 ms",
      "memory: answer of r0, similarity 0.970, 9000 ms old, saved 0.000310 USD",
      "answer 1: lines[2]",
      "score 0: Not canary",
      "Its input was taken out.",
    ];
    for (const fact of told) expect(text).toContain(fact);
    expect(text.split("\n").length).toBeLessThan(60);
  });
});

describe("explainJson", () => {
  test("has every fact of the text, uncut, and survives JSON", () => {
    const record = fullRecord();
    const story = explainJson(record);
    expect(JSON.parse(JSON.stringify(story))).toEqual(story);
    expect(story).toMatchObject({
      requestId: record.requestId,
      status: "finished",
      route: record.state.routing,
      retrieval: record.state.retrieval,
      prompt: { name: "triage", version: "2.1.0" },
      attempts: record.state.attempts.map((attempt) => ({ ...attempt, reason: "first" })),
      changes: record.state.changes,
      verdicts: record.state.verdicts,
      cost: { lines: record.state.costs, totalMicroUsd: 322 },
      time: { betweenMs: 85, stages: [{ stage: "route", visits: 1, ms: 4 }, {}, {}, {}, {}] },
      result: record.result,
      tools: record.tools,
      cache: record.cache,
    });
    for (const inner of ["state", "effects", "hashes", "timings"]) expect(story).not.toHaveProperty(inner);
  });
});
