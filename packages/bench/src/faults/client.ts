import { type Charge, deadlineIn, type Gate, systemClock, systemIds, systemRandom } from "@armature/contracts";
import { openai } from "@armature/plugin-model-openai";
import { callModel, Health } from "@armature/resilience";
import { FALLBACK, type MatrixClient, PRIMARY, type Provider, TIMES } from "@armature/testkit/provider";
import type { Column } from "./columns.js";

// A micro-dollar a token and a hold of 500 are all that the books of the matrix need.
const gate: Gate = {
  admit: async ({ maxOutputTokens }) => ({ maxOutputTokens, heldMicroUsd: 500 }),
  settle: async (_, { usage }): Promise<Charge> => ({ microUsd: usage ? usage.outputTokens : 500, debtMicroUsd: 0 }),
};

/** A caller of two models with one fallback and two retries; what it learns about them serves its later requests. */
export function matrixClient({ plan }: Column, scale: number): MatrixClient {
  const health = new Health(systemClock);
  return async (provider: Provider) => {
    const model = (name: string, contextTokens: number, prefill: boolean) => ({
      route: name,
      model: openai({ model: name, baseUrl: provider.url, capabilities: { contextTokens, prefill } }),
    });
    let text = "";
    const result = await callModel(
      {
        ladder: [model(PRIMARY, 8_000, false), model(FALLBACK, 100_000, true)],
        startRung: 0,
        messages: [{ role: "user", content: "Say your words." }],
        parameters: { maxOutputTokens: 200 },
        minOutputTokens: 1,
        policy: {
          attemptTimeoutMs: TIMES.attemptTimeoutMs / scale,
          firstTokenTimeoutMs: TIMES.firstTokenTimeoutMs / scale,
          idleTimeoutMs: TIMES.idleTimeoutMs / scale,
          retries: 2,
          backoff: { baseMs: TIMES.backoff.baseMs / scale, maxMs: TIMES.backoff.maxMs / scale },
          maxAttempts: 8,
        },
        stage: "call",
        visit: 1,
        firstNumber: 1,
        on(event) {
          if (event.type === "restart") text = "";
          if (event.type === "delta") text += event.text;
        },
        ...plan,
      },
      {
        clock: systemClock,
        random: systemRandom,
        ids: systemIds,
        signal: new AbortController().signal,
        deadline: deadlineIn(systemClock, TIMES.deadlineMs / scale),
        gate,
        health,
      },
    );
    return {
      // Live, the caller holds what was delivered to it; verified, what the call returns.
      text: plan.delivery === "live" || !result.ok ? text : result.answer.text,
      ...(!result.ok && { failure: result.failure }),
      attempts: result.attempts.map(({ model, fault, costMicroUsd, usage }) => ({
        model,
        failed: fault !== undefined,
        costMicroUsd,
        outputTokens: usage?.outputTokens,
      })),
    };
  };
}
