import { calcPrice, findProvider } from "@pydantic/genai-prices";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { costAt, costOf } from "./cost.js";
import { priceOf } from "./price.js";

const AT = Date.UTC(2026, 5, 1, 12);

describe("costs", () => {
  test("are integer micro-dollars, rounded up, without noise", () => {
    const overlay = { "openai/a": { input: 0.4, output: 1.6, cachedInput: 0.1 } };
    expect(costOf({ inputTokens: 1_000, outputTokens: 0 }, "openai", "a", overlay)).toEqual({
      microUsd: 400,
      priceVersion: "overlay",
    });
    expect(costOf({ inputTokens: 1, outputTokens: 0 }, "openai", "a", overlay).microUsd).toBe(1);
    expect(costOf({ inputTokens: 0, outputTokens: 0 }, "openai", "a", overlay).microUsd).toBe(0);
    const cached = { inputTokens: 1_000, cachedInputTokens: 900, outputTokens: 10 };
    expect(costOf(cached, "openai", "a", overlay).microUsd).toBe(40 + 90 + 16);
  });

  test("price cache writes and reasoning, and never more details than there are tokens", () => {
    const overlay = { b: { input: 3, output: 15, cachedInput: 0.3, cacheWrite: 3.75, reasoning: 20 } };
    const usage = {
      inputTokens: 100,
      cachedInputTokens: 10,
      cacheWriteTokens: 40,
      outputTokens: 50,
      reasoningTokens: 20,
    };
    expect(costOf(usage, "anybody", "b", overlay).microUsd).toBe(150 + 3 + 150 + 450 + 400);
    const absurd = {
      inputTokens: 10,
      cachedInputTokens: 99,
      cacheWriteTokens: 99,
      outputTokens: -5,
      reasoningTokens: 7,
    };
    expect(costOf(absurd, "anybody", "b", overlay).microUsd).toBe(3);
  });

  test("follow a price that depends on the hour, or on the date", () => {
    const inputAt = (model: string, provider: string, at: number) =>
      priceOf(provider, model, undefined, at)?.input.base;
    const hours = [18, 12, 18].map((hour) => inputAt("deepseek-chat", "deepseek", Date.UTC(2025, 7, 1, hour)));
    expect(hours).toEqual([0.135, 0.27, 0.135]);
    const months = [3, 7].map((month) => inputAt("o3", "openai", Date.UTC(2025, month, 1)));
    expect(months).toEqual([10, 2]);
  });

  test("know a model and a service tier by the overlay's own names only", () => {
    const overlay = { a: { input: 2, output: 0, serviceTiers: { flex: { input: 1, output: 0 } } } };
    const usage = { inputTokens: 10, outputTokens: 0, serviceTier: "constructor" };
    expect(costOf(usage, "openai", "a", overlay).microUsd).toBe(20);
    expect(costOf(usage, "openai", "constructor", overlay)).toEqual({ microUsd: 0 });
    expect(priceOf("openai", "toString", overlay)).toBeUndefined();
  });

  test.each([
    // Dollars for a million tokens: 3 and 15, cache reads 0.3, cache writes 3.75; above 200,000 of input 6, 22.5, 0.6, 7.5.
    ["claude-sonnet-4-5", { inputTokens: 10_000, outputTokens: 1_000 }, 30_000 + 15_000],
    [
      "claude-sonnet-4-5",
      { inputTokens: 10_000, cachedInputTokens: 6_000, cacheWriteTokens: 3_000, outputTokens: 0 },
      3_000 + 1_800 + 11_250,
    ],
    ["claude-sonnet-4-5", { inputTokens: 200_000, outputTokens: 1_000 }, 600_000 + 15_000],
    ["claude-sonnet-4-5", { inputTokens: 200_001, outputTokens: 1_000 }, 1_200_006 + 22_500],
    [
      "claude-sonnet-4-5",
      { inputTokens: 300_000, cachedInputTokens: 200_000, cacheWriteTokens: 50_000, outputTokens: 0 },
      300_000 + 120_000 + 375_000,
    ],
    // 1.25 and 10, above 200,000 of input 2.5 and 15; reasoning is output.
    ["gemini-2.5-pro", { inputTokens: 250_000, outputTokens: 2_000, reasoningTokens: 1_500 }, 625_000 + 30_000],
    // 1.1 and 4.4, cache reads 0.275.
    ["o4-mini", { inputTokens: 2_000, cachedInputTokens: 1_024, outputTokens: 900, reasoningTokens: 640 }, 5_316],
  ])("of %s with %j are those of the price list", (model, usage, microUsd) => {
    const provider = model.startsWith("claude") ? "anthropic" : model.startsWith("gemini") ? "google" : "openai";
    expect(costOf(usage, provider, model, undefined, AT).microUsd).toBe(microUsd);
  });

  test("know nothing of an unknown model", () => {
    expect(costOf({ inputTokens: 10, outputTokens: 10 }, "openai", "nobody-1")).toEqual({ microUsd: 0 });
    expect(priceOf("nobody", "gpt-4.1")).toBeUndefined();
  });

  test("agree with the price list's own calculation, model by model, long contexts included", () => {
    const models = ["openai", "anthropic", "google", "mistral", "deepseek", "groq"].flatMap((provider) =>
      (findProvider({ providerId: provider })?.models ?? []).map((model) => ({ provider, model: model.id })),
    );
    expect(models.length).toBeGreaterThan(100);
    const tokens = fc.oneof(fc.nat(2_000), fc.nat(400_000));
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        tokens,
        tokens,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (one, input, output, share) => {
          const price = priceOf(one.provider, one.model, undefined, AT);
          if (!price) return;
          const cached = Math.floor(input * share);
          const listed = calcPrice(
            { input_tokens: input, output_tokens: output, cache_read_tokens: cached },
            one.model,
            { providerId: one.provider, timestamp: new Date(AT) },
          );
          const ours = costAt(price, { inputTokens: input, outputTokens: output, cachedInputTokens: cached });
          const exact = listed!.total_price * 1e6;
          expect(ours).toBeGreaterThanOrEqual(exact - 1e-3);
          expect(ours).toBeLessThan(exact + 1 + 1e-3);
        },
      ),
      { numRuns: 500, seed: 3 },
    );
  });
});
