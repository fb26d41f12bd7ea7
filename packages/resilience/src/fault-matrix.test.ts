import { type Charge, deadlineIn, type Gate, systemClock, systemIds, systemRandom } from "@armature/contracts";
import {
  FALLBACK,
  type FaultScenario,
  faultMatrix,
  type MatrixClient,
  PRIMARY,
  type Provider,
  runScenario,
  TIMES,
} from "@armature/testkit";
import { ChatOpenAI } from "@langchain/openai";
import { describe, expect, it } from "vitest";
import { asModel } from "./as-model.js";
import { callModel } from "./call.js";
import type { CallPlan } from "./call-plan.js";
import { Health } from "./health.js";

const SCALE = 2.5;
// The machine may be busy with other tests: it gets more time than the matrix grants, and a second and third try.
const SLACK_MS = 2_500;
const PATIENT = { retry: 2, timeout: 120_000 };
const ms = (full: number) => full / SCALE;

const gate: Gate = {
  admit: async ({ maxOutputTokens }) => ({ maxOutputTokens, heldMicroUsd: 500 }),
  settle: async (_, { usage }): Promise<Charge> => ({ microUsd: usage ? usage.outputTokens : 500, debtMicroUsd: 0 }),
};

function client(changes: Partial<CallPlan>): () => MatrixClient {
  return () => {
    const breaker = {
      consecutiveFailures: 8,
      failureRate: 0.6,
      window: 20,
      probeIntervalMs: ms(TIMES.probeIntervalMs),
    };
    const health = new Health(systemClock, { breaker });
    return async (provider: Provider) => {
      const chat = (model: string) =>
        new ChatOpenAI({ model, apiKey: "k", maxRetries: 0, configuration: { baseURL: provider.url } });
      const rung = (model: string, contextTokens: number, prefill: boolean) => ({
        route: model,
        model: asModel(chat(model), { capabilities: { contextTokens, prefill } }),
      });
      let text = "";
      const result = await callModel(
        {
          ladder: [rung(PRIMARY, 8_000, false), rung(FALLBACK, 100_000, true)],
          startRung: 0,
          messages: [{ role: "user", content: "Say your words." }],
          parameters: { maxOutputTokens: 200 },
          minOutputTokens: 1,
          policy: {
            attemptTimeoutMs: ms(TIMES.attemptTimeoutMs),
            firstTokenTimeoutMs: ms(TIMES.firstTokenTimeoutMs),
            idleTimeoutMs: ms(TIMES.idleTimeoutMs),
            retries: 2,
            backoff: { baseMs: ms(TIMES.backoff.baseMs), maxMs: ms(TIMES.backoff.maxMs) },
            maxAttempts: 8,
          },
          stage: "call",
          visit: 1,
          firstNumber: 1,
          on(event) {
            if (event.type === "restart") text = "";
            if (event.type === "delta") text += event.text;
          },
          ...changes,
        },
        {
          clock: systemClock,
          random: systemRandom,
          ids: systemIds,
          signal: new AbortController().signal,
          deadline: deadlineIn(systemClock, ms(TIMES.deadlineMs)),
          gate,
          health,
        },
      );
      if (changes.delivery !== "live") expect(text).toBe("");
      return {
        text: changes.delivery === "live" || !result.ok ? text : result.answer.text,
        ...(!result.ok && { failure: result.failure }),
        attempts: result.attempts.map(({ model, fault, costMicroUsd, usage }) => ({
          model,
          failed: fault !== undefined,
          costMicroUsd,
          outputTokens: usage?.outputTokens,
        })),
      };
    };
  };
}

const COLUMNS: readonly { name: string; plan: Partial<CallPlan>; typedErrors: readonly string[] }[] = [
  { name: "verified", plan: {}, typedErrors: [] },
  { name: "verified, streamed", plan: { streamed: true }, typedErrors: [] },
  // Where the fallback continues the answer it is whole; where it may not, and its words differ, the caller is told.
  { name: "live", plan: { delivery: "live" }, typedErrors: ["cut, and the fallback refuses prefill"] },
  { name: "live with restarts", plan: { delivery: "live", mayRestart: true }, typedErrors: [] },
];

async function judge({ plan, typedErrors }: (typeof COLUMNS)[number], scenario: FaultScenario): Promise<string> {
  const typedErrorsAllowed = typedErrors.includes(scenario.name);
  const options = { scale: SCALE, slackMs: SLACK_MS, client: client(plan), typedErrorsAllowed };
  const { passed, ended } = await runScenario(scenario, options);
  if (typedErrorsAllowed) return ended === "typed error" ? "passed" : ended;
  return passed ? "passed" : ended;
}

const scenarios = faultMatrix(SCALE);

describe("the fault matrix", () => {
  it("has sixteen rows", () => {
    expect(scenarios).toHaveLength(16);
  });

  const single = scenarios.filter(({ series }) => !series);
  const cells = COLUMNS.flatMap((column) => single.map((row) => [column.name, row.name, column, row] as const));
  const overTime = scenarios.filter(({ series }) => series);
  const passes = async (_column: string, _row: string, column: (typeof COLUMNS)[number], row: FaultScenario) => {
    expect(await judge(column, row)).toBe("passed");
  };
  it.concurrent.each(cells.slice(0, single.length))("%s: %s", PATIENT, passes);

  // Half a minute each, nearly all of it waiting: once everything is warm they begin, and the others run beside them.
  it.concurrent.each(overTime.map((row) => [row.name, row] as const))("%s", PATIENT, async (_, row) => {
    const verdicts = await Promise.all(COLUMNS.map(async (column) => [column.name, await judge(column, row)]));
    expect(verdicts).toEqual(COLUMNS.map(({ name }) => [name, "passed"]));
  });
  it.concurrent.each(cells.slice(single.length))("%s: %s", PATIENT, passes);
});
