import type { AttemptPlan, Message } from "@armature/contracts";
import type { Price, Rate } from "./price.js";

/** The most that an attempt can cost. Money is in integer micro-dollars, rounded up. */
export interface WorstCase {
  /** Upper bound of the input tokens. */
  readonly inputTokens: number;
  /** With the wished `maxOutputTokens`. */
  readonly microUsd: number;
  /** With `minOutputTokens`. */
  readonly atLeastMicroUsd: number;
  /** How many output tokens a hold of that size pays for, at most the wished. */
  outputTokensFor(heldMicroUsd: number): number;
}

/** Tokens that chat formats add around each message and around the whole, with room to spare. */
const TOKENS_PER_MESSAGE = 16;
const TOKENS_PER_CALL = 64;

/**
 * Upper bounds for one image. Providers bill by size, which is unknown for a URL: at most 8 tiles of 170 tokens or 1,536
 * patches with OpenAI (times 33 for gpt-4o-mini), 4,784 with Anthropic.
 */
const TOKENS_PER_IMAGE = 5_000;
const TOKENS_PER_IMAGE_4O_MINI = 50_000;

/** What Anthropic puts in front of tools, a forced answer among them, and bills: 346 with Claude 4, up to 530 before. */
const TOKENS_FOR_TOOLS_OF_CLAUDE = 600;

/**
 * The worst case of `plan`: every byte of the text a token (byte-level vocabularies have none shorter), input at the
 * dearest of its rates, cache writes included, and the whole of `maxOutputTokens` used.
 */
export function worstCase(plan: AttemptPlan, price: Price): WorstCase {
  const perImage = plan.model.includes("4o-mini") ? TOKENS_PER_IMAGE_4O_MINI : TOKENS_PER_IMAGE;
  let inputTokens = TOKENS_PER_CALL + plan.overheadBytes;
  if (plan.overheadBytes > 0 && plan.model.includes("claude")) inputTokens += TOKENS_FOR_TOOLS_OF_CLAUDE;
  for (const message of plan.messages) inputTokens += tokensOf(message, perImage);

  // The provider says only afterwards which service tier it served.
  const prices = [price, ...Object.values(price.serviceTiers ?? {})];
  const rates = (of: (price: Price) => readonly Rate[]) =>
    Math.max(...prices.flatMap(of).map((rate) => dearest(rate, inputTokens)));
  const inputRate = rates((one) => [one.input, one.cachedInput, one.cacheWrite]);
  const outputRate = rates((one) => [one.output, one.reasoning]);
  const input = inputTokens * inputRate + price.perCall;
  return {
    inputTokens,
    microUsd: Math.ceil(input + plan.maxOutputTokens * outputRate),
    atLeastMicroUsd: Math.ceil(input + Math.min(plan.minOutputTokens, plan.maxOutputTokens) * outputRate),
    outputTokensFor(held) {
      if (outputRate === 0) return plan.maxOutputTokens;
      const affordable = Math.floor((held - input) / outputRate);
      return Math.min(plan.maxOutputTokens, Math.max(affordable, Math.min(plan.minOutputTokens, plan.maxOutputTokens)));
    },
  };
}

function tokensOf(message: Message, perImage: number): number {
  let tokens = TOKENS_PER_MESSAGE;
  if (typeof message.content === "string") tokens += Buffer.byteLength(message.content);
  else {
    for (const part of message.content) tokens += part.type === "text" ? Buffer.byteLength(part.text) : perImage;
  }
  if (message.role === "tool") tokens += Buffer.byteLength(message.name) + Buffer.byteLength(message.toolCallId);
  if (message.role === "assistant") {
    for (const call of message.toolCalls ?? []) {
      tokens += TOKENS_PER_MESSAGE + Buffer.byteLength(call.name) + Buffer.byteLength(call.argumentsText);
    }
  }
  return tokens;
}

// The real count may be lower than the bound, so a cheaper high tier does not count as a discount.
function dearest(rate: Rate, inputTokens: number): number {
  let value = rate.base;
  for (const tier of rate.tiers) if (inputTokens > tier.above) value = Math.max(value, tier.rate);
  return value;
}
