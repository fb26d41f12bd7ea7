import type { RouteCandidate, RouteRequest } from "@armature/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CostRouter } from "./cost-router.js";

const router = new CostRouter({ confidence: 0.7, expectedOutputTokens: 500 });

function candidate(route: string, inputMicroUsd: number, over: Partial<RouteCandidate> = {}): RouteCandidate {
  return {
    route,
    model: `vendor-${route}`,
    capabilities: {
      contextTokens: 100_000,
      maxOutputTokens: 4_000,
      structuredOutput: "native",
      tools: true,
      vision: false,
      streaming: true,
      prefill: false,
    },
    price: { inputMicroUsd, outputMicroUsd: inputMicroUsd * 4 },
    breaker: "closed",
    ...over,
  };
}

const models = [candidate("weak", 100), candidate("middle", 500), candidate("strong", 2_500)];
const hard = `${"Explain why, prove it, and compare. ".repeat(60)} What? Where? When? Who?\nconst x = 1`;

async function decide(text: string, over: Partial<RouteRequest> = {}) {
  return router.route({ input: { text }, text, candidates: models, ...over });
}
const ladder = async (text: string, over: Partial<RouteRequest> = {}) =>
  (await decide(text, over)).ladder.map((rung) => rung.route);

describe("CostRouter", () => {
  it("takes the weakest model for a plain request, then the stronger ones", async () => {
    const decision = await decide("Sort this mail: my invoice is missing.");
    expect(decision.ladder.map((rung) => rung.route)).toEqual(["weak", "middle", "strong"]);
    expect(decision.ladder[0]?.reason).toBe("the weakest that should do: suffices with probability 0.92");
  });

  it("takes the strongest for a hard request, then the next weaker ones, and says why", async () => {
    const { ladder: rungs, scores } = await decide(hard);
    expect(rungs.map((rung) => rung.route)).toEqual(["strong", "middle", "weak"]);
    expect(scores.map((score) => score.route)).toEqual(["weak", "middle", "strong"]);
    expect(scores[0]?.reason).toMatch(
      /^suffices with probability 0\.\d\d, below 0\.7; against it: 7\d\d tokens, 4 questions, 120 commas, code/,
    );
  });

  it("abstains to the strongest model when the text says nothing", async () => {
    for (const text of ["", "请问发票在哪里?", "12345"])
      expect(await ladder(text)).toEqual(["strong", "middle", "weak"]);
    expect((await decide("")).ladder[0]?.reason).toBe(
      "unsure: the text says nothing to the estimator, so the strongest comes first",
    );
  });

  it("skips open breakers, not half-open ones", async () => {
    const [weak, middle, strong] = models as [RouteCandidate, RouteCandidate, RouteCandidate];
    const open = await decide("Hello there", { candidates: [{ ...weak, breaker: "open" }, middle, strong] });
    expect(open.ladder.map((rung) => rung.route)).toEqual(["middle", "strong"]);
    expect(open.scores[0]).toMatchObject({ route: "weak", score: 0, reason: "skipped: its breaker is open" });
    const probed = await ladder("Hello there", { candidates: [{ ...weak, breaker: "half-open" }, middle, strong] });
    expect(probed[0]).toBe("weak");
  });

  it("skips what reads no images when the input shows one", async () => {
    const image = { type: "image_url", image_url: { url: "https://example.org/a.png" } };
    const [weak, middle, strong] = models as [RouteCandidate, RouteCandidate, RouteCandidate];
    const seeing = { ...middle, capabilities: { ...middle.capabilities, vision: true } };
    const input = { messages: [{ role: "user", content: [{ type: "text", text: "What is this?" }, image] }] };
    const decision = await decide("What is this?", { input, candidates: [weak, seeing, strong] });
    expect(decision.ladder.map((rung) => rung.route)).toEqual(["middle"]);
    expect(decision.scores[0]?.reason).toBe("skipped: it reads no images");
  });

  it("skips what is over the headroom, has no price under a budget, or has too small a window", async () => {
    // 500 output tokens of `strong` alone are 5,000 micro-dollars; of `middle` 1,000.
    const tight = await decide(hard, { headroomMicroUsd: 4_000 });
    expect(tight.ladder.map((rung) => rung.route)).toEqual(["middle", "weak"]);
    expect(tight.scores[2]?.reason).toMatch(/^skipped: about \d+ micro-dollars, over the headroom of 4000$/);

    const { price: _price, ...unpriced } = models[0]!;
    const candidates = [unpriced, models[1]!];
    expect(await ladder("Hello there", { candidates, headroomMicroUsd: 10_000 })).toEqual(["middle"]);
    expect(await ladder("Hello there", { candidates })).toEqual(["weak", "middle"]);

    const small = { ...models[0]!, capabilities: { ...models[0]!.capabilities, contextTokens: 10 } };
    expect(await ladder("A sentence of more than ten tokens.", { candidates: [small, models[1]!] })).toEqual([
      "middle",
    ]);
  });

  it("names the cheapest healthy model when nothing fits, and the task's order when every breaker is open", async () => {
    expect(await ladder("Hello there", { headroomMicroUsd: 0 })).toEqual(["weak"]);
    const reordered = [{ ...models[0]!, breaker: "open" as const }, models[2]!, models[1]!];
    expect(await ladder("Hello there", { candidates: reordered, headroomMicroUsd: 0 })).toEqual(["middle"]);
    const down = models.map((model) => ({ ...model, breaker: "open" as const }));
    const decision = await decide(hard, { candidates: down });
    expect(decision.ladder.map((rung) => rung.route)).toEqual(["weak", "middle", "strong"]);
    expect(decision.ladder[0]?.reason).toBe("no model is free to serve; its breaker is open");
  });

  it("orders the ladder by score, keeps no text of the request, and asks more of a doubled text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 2_000 }), async (text) => {
        const secret = `canary ${text}`;
        const decision = await decide(secret);
        expect(JSON.stringify(decision)).not.toContain("canary");
        const scoreOf = new Map(decision.scores.map(({ route, score }) => [route, score]));
        const scores = decision.ladder.map(({ route }) => scoreOf.get(route)!);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
        for (const score of scores) expect(score >= 0 && score <= 1).toBe(true);
        const rank = (route: string | undefined) => models.findIndex((model) => model.route === route);
        const doubled = await decide(`${secret} ${secret}`);
        expect(rank(doubled.ladder[0]?.route)).toBeGreaterThanOrEqual(rank(decision.ladder[0]?.route));
      }),
    );
  });
});
