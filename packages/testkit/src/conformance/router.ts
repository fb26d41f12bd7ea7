import type { RouteCandidate, RouteDecision, RouteRequest, Router } from "@armature/contracts";
import fc from "fast-check";
import { expect } from "vitest";
import { fakeContext } from "../fakes/fake-context.js";
import { describePromises, expectJson, type Make, type Promises } from "./suite.js";

/** The tests that every router passes. */
export function describeRouter(make: Make<Router>): void {
  describePromises("Router", routerPromises, make);
}

export const routerPromises: Promises<Router> = {
  "has a name": async (make) => {
    expect((await make()).name).toMatch(/\S/);
  },

  "returns a ladder of candidates without repetition, and scores every candidate once": async (make) => {
    const router = await make();
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 400 }), fc.integer({ min: 1, max: 5 }), async (text, count) => {
        const request = requestOf(text, candidates(count));
        checkDecision(request, await router.route(request, fakeContext()));
      }),
      { numRuns: 50 },
    );
  },

  "takes the only candidate": async (make) => {
    const request = requestOf("What is the capital of Norway?", candidates(1));
    const { ladder } = await (await make()).route(request, fakeContext());
    expect(ladder.map((rung) => rung.route)).toEqual(["model-0"]);
  },

  "gives a reason for every rung and every score": async (make) => {
    const { ladder, scores } = await (await make()).route(requestOf("Prove it.", candidates(3)), fakeContext());
    for (const entry of [...ladder, ...scores]) expect(entry.reason).toMatch(/\S/);
  },

  "does not choose a model behind an open breaker while another is open to calls": async (make) => {
    const router = await make();
    for (const down of [0, 1, 2]) {
      const models = candidates(3).map((candidate, index) => ({
        ...candidate,
        breaker: index === down ? ("open" as const) : ("closed" as const),
      }));
      const request = requestOf("Sort these e-mails by urgency.", models);
      const decision = await router.route(request, fakeContext());
      checkDecision(request, decision);
      expect(decision.ladder[0]?.route).not.toBe(`model-${down}`);
    }
  },

  "still answers when every breaker is open": async (make) => {
    const models = candidates(2).map((candidate) => ({ ...candidate, breaker: "open" as const }));
    const request = requestOf("Hello", models);
    checkDecision(request, await (await make()).route(request, fakeContext()));
  },

  "decides alike for equal requests, and changes none of them": async (make) => {
    const router = await make();
    const request = deepFreeze(requestOf("Translate this poem and explain its metre.", candidates(3)));
    const decide = () => router.route(request, fakeContext({ requestId: "r" }));
    const [first, second] = await Promise.all([decide(), decide()]);
    expect(second).toEqual(first);
    expect(await decide()).toEqual(first);
  },

  "decides without prices, with little headroom, and for odd inputs": async (make) => {
    const router = await make();
    const unpriced = candidates(3).map(({ price: _price, ...candidate }) => candidate);
    const requests: RouteRequest[] = [
      requestOf("Hello", unpriced),
      { ...requestOf("Hello", candidates(3)), headroomMicroUsd: 0 },
      { ...requestOf("", candidates(3)), input: null },
      requestOf("🦊".repeat(50_000), candidates(3)),
    ];
    for (const request of requests) checkDecision(request, await router.route(request, fakeContext()));
  },
};

function checkDecision(request: RouteRequest, decision: RouteDecision): void {
  const known = request.candidates.map((candidate) => candidate.route);
  const rungs = decision.ladder.map((rung) => rung.route);
  expect(rungs.length).toBeGreaterThan(0);
  expect(new Set(rungs).size, "no route twice on the ladder").toBe(rungs.length);
  for (const rung of rungs) expect(known).toContain(rung);
  expect(decision.scores.map((score) => score.route).sort()).toEqual([...known].sort());
  for (const { score } of decision.scores) expect(Number.isFinite(score)).toBe(true);
  expectJson(decision);
}

function candidates(count: number): RouteCandidate[] {
  return Array.from({ length: count }, (_, index) => ({
    route: `model-${index}`,
    model: `vendor-model-${index}`,
    capabilities: {
      contextTokens: 128_000,
      maxOutputTokens: 16_000,
      structuredOutput: "native" as const,
      tools: true,
      vision: false,
      streaming: true,
      prefill: false,
    },
    price: { inputMicroUsd: 100 * 5 ** index, outputMicroUsd: 400 * 5 ** index },
    breaker: "closed" as const,
  }));
}

function requestOf(text: string, models: readonly RouteCandidate[]): RouteRequest {
  return { input: { text }, text, candidates: models };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
