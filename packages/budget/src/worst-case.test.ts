import type { AttemptPlan } from "@armature/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { costAt } from "./cost.js";
import type { Price } from "./price.js";
import { worstCase } from "./worst-case.js";

const flat = (base: number) => ({ base, tiers: [] });
const price: Price = {
  input: { base: 3, tiers: [{ above: 200, rate: 6 }] },
  output: { base: 15, tiers: [{ above: 200, rate: 22.5 }] },
  cachedInput: flat(0.3),
  cacheWrite: { base: 3.75, tiers: [{ above: 200, rate: 7.5 }] },
  reasoning: flat(15),
  perCall: 2,
  version: "test",
};

const planOf = (content: string, maxOutputTokens: number, minOutputTokens: number): AttemptPlan => ({
  attemptId: "a",
  provider: "p",
  model: "m",
  messages: [{ role: "user", content }],
  overheadBytes: 7,
  maxOutputTokens,
  minOutputTokens,
  expiresAt: 0,
});

describe("the worst case", () => {
  test("covers whatever usage stays inside its bounds", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(500), fc.nat(500), share, share, (text, max, min, a, b) => {
        const worst = worstCase(planOf(text, max, min), price);
        expect(worst.inputTokens).toBeGreaterThanOrEqual(Buffer.byteLength(text) + 7);
        const held = worst.atLeastMicroUsd + Math.floor((worst.microUsd - worst.atLeastMicroUsd) * a);
        const outputTokens = worst.outputTokensFor(held);
        expect(outputTokens).toBeLessThanOrEqual(max);
        expect(outputTokens).toBeGreaterThanOrEqual(Math.min(min, max));
        const inputTokens = Math.floor(worst.inputTokens * b);
        expect(costAt(price, { inputTokens, outputTokens, cacheWriteTokens: inputTokens })).toBeLessThanOrEqual(held);
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  test("counts tool calls and images", () => {
    const worst = (plan: AttemptPlan) => worstCase(plan, price).inputTokens;
    const bare = worst(planOf("", 1, 1));
    const image = { type: "image_url", image_url: { url: "https://example.org/a.png" } } as const;
    expect(worst({ ...planOf("", 1, 1), messages: [{ role: "user", content: [image] }] })).toBe(bare + 5_000);
    const toolCalls = [{ id: "1", name: "find", argumentsText: "{}" }];
    expect(worst({ ...planOf("", 1, 1), messages: [{ role: "assistant", content: "", toolCalls }] })).toBe(bare + 22);
  });

  test("counts what a tool said, with its name and the call's", () => {
    const said = { role: "tool", name: "find", toolCallId: "12", content: "" } as const;
    const bare = worstCase(planOf("", 1, 1), price).inputTokens;
    expect(worstCase({ ...planOf("", 1, 1), messages: [said] }, price).inputTokens).toBe(bare + 6);
  });

  test("covers the dearest service tier, and no discount for long contexts", () => {
    const dear: Price = { ...price, input: flat(30), output: flat(150) };
    const plan = planOf("", 10, 1);
    const tiered = worstCase(plan, { ...price, serviceTiers: { priority: dear } });
    expect(tiered.microUsd).toBe(worstCase(plan, dear).microUsd);
    const discounted: Price = { ...price, output: { base: 15, tiers: [{ above: 0, rate: 1 }] }, reasoning: flat(0) };
    const { microUsd, atLeastMicroUsd } = worstCase(plan, discounted);
    expect(microUsd - atLeastMicroUsd).toBe(9 * 15);
  });

  test("has room for what Anthropic puts in front of tools", () => {
    const plan = { ...planOf("Hi", 10, 1), model: "claude-opus-4-1" };
    const withoutTools = worstCase({ ...plan, overheadBytes: 0 }, price).inputTokens;
    expect(worstCase(plan, price).inputTokens).toBe(withoutTools + 7 + 600);
    expect(withoutTools).toBe(worstCase({ ...plan, model: "m", overheadBytes: 0 }, price).inputTokens);
  });
});
