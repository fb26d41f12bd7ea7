import type { Usage } from "@armature/contracts";
import { ownOf, type Price, type PriceOverlay, priceOf, type Rate } from "./price.js";

export interface Cost {
  /** Integer micro-dollars, rounded up. */
  readonly microUsd: number;
  /** Absent where the price is unknown and the amount therefore 0. */
  readonly priceVersion?: string;
}

/** What `usage` costs at `provider`. An unknown price costs 0 and has no `priceVersion`. */
export function costOf(usage: Usage, provider: string, model: string, overlay?: PriceOverlay, at?: number): Cost {
  const price = priceOf(provider, model, overlay, at);
  return price ? { microUsd: costAt(price, usage), priceVersion: price.version } : { microUsd: 0 };
}

/**
 * What `usage` costs at `price`, in integer micro-dollars, rounded up. Cached and cache-write tokens are parts of the
 * input, reasoning tokens of the output; details beyond their total count as the total. A service tier that has no rates
 * of its own costs the standard ones.
 */
export function costAt(standard: Price, usage: Usage): number {
  const price = ownOf(standard.serviceTiers, usage.serviceTier ?? "") ?? standard;
  const input = count(usage.inputTokens);
  const output = count(usage.outputTokens);
  const cached = Math.min(count(usage.cachedInputTokens), input);
  const written = Math.min(count(usage.cacheWriteTokens), input - cached);
  const reasoning = Math.min(count(usage.reasoningTokens), output);
  return roundUp(
    (input - cached - written) * parts(price.input, input) +
      cached * parts(price.cachedInput, input) +
      written * parts(price.cacheWrite, input) +
      (output - reasoning) * parts(price.output, input) +
      reasoning * parts(price.reasoning, input) +
      Math.round(price.perCall * PARTS),
  );
}

/** Rates are counted in millionths of a micro-dollar, so that sums are exact integers and nothing rounds up by noise. */
const PARTS = 1_000_000;

function parts(rate: Rate, inputTokens: number): number {
  let value = rate.base;
  for (const tier of rate.tiers) if (inputTokens > tier.above) value = tier.rate;
  return Math.round(value * PARTS);
}

function roundUp(sum: number): number {
  return Math.ceil(sum / PARTS);
}

// A provider's count is foreign data: what is no token count costs nothing rather than NaN.
function count(tokens: number | undefined): number {
  return tokens !== undefined && Number.isFinite(tokens) && tokens > 0 ? Math.ceil(tokens) : 0;
}
