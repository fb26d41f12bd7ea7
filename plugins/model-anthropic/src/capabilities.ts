import type { ModelCapabilities } from "@armature/contracts";

interface Facts {
  readonly contextTokens?: number;
  readonly maxOutputTokens?: number;
  /** Whether an assistant message at the end of the conversation is continued; newer models answer it with a 400. */
  readonly prefill?: boolean;
}

const K = 1_000;

function claude({ contextTokens = 200 * K, maxOutputTokens = 64 * K, prefill = true }: Facts = {}): ModelCapabilities {
  return {
    contextTokens,
    maxOutputTokens,
    structuredOutput: "tool",
    tools: true,
    vision: true,
    streaming: true,
    prefill,
  };
}

const NEWEST = claude({ contextTokens: 1_000 * K, maxOutputTokens: 128 * K, prefill: false });

/** By the longest prefix of the model's name, so that dated snapshots share the row of their family. */
const FAMILIES: readonly (readonly [prefix: string, capabilities: ModelCapabilities])[] = [
  ["claude-3-haiku", claude({ maxOutputTokens: 4_096 })],
  ["claude-3-opus", claude({ maxOutputTokens: 4_096 })],
  ["claude-3-5-haiku", claude({ maxOutputTokens: 8_192 })],
  ["claude-3-5-sonnet", claude({ maxOutputTokens: 8_192 })],
  ["claude-3-7-sonnet", claude()],
  ["claude-opus-4", claude({ maxOutputTokens: 32 * K })],
  ["claude-sonnet-4", claude()],
  ["claude-opus-4-5", claude()],
  ["claude-sonnet-4-5", claude()],
  ["claude-haiku-4-5", claude()],
  ["claude-opus-4-6", NEWEST],
  ["claude-opus-4-7", NEWEST],
  ["claude-opus-4-8", NEWEST],
  ["claude-sonnet-4-6", NEWEST],
  ["claude-opus-5", NEWEST],
  ["claude-sonnet-5", NEWEST],
];

/** What every Claude model can do at least. */
const UNKNOWN = claude({ maxOutputTokens: 4_096, prefill: false });

/**
 * What `model` can do as far as its name tells. A model that is not known gets what the weakest of the family can: say
 * what it can do in the `capabilities` of `anthropic`.
 */
export function capabilitiesOf(model: string): ModelCapabilities {
  let best = UNKNOWN;
  let length = 0;
  for (const [prefix, capabilities] of FAMILIES) {
    if (prefix.length > length && isOfFamily(model, prefix)) {
      best = capabilities;
      length = prefix.length;
    }
  }
  return best;
}

// What follows the prefix must begin a new part of the name.
function isOfFamily(model: string, prefix: string): boolean {
  return model.startsWith(prefix) && (model.length === prefix.length || model[prefix.length] === "-");
}

/** Whether `model` takes a temperature or `top_p`: from Opus 4.7 on they are answered with a 400. */
export function takesSampling(model: string): boolean {
  return !/^claude-(opus-4-[78]|(opus|sonnet|haiku)-[5-9]|fable|mythos)(-|$)/.test(model);
}

/** Whether `model` holds tool arguments to their schema: from the 4.5 family on. */
export function hasStrictTools(model: string): boolean {
  return /^claude-((opus|sonnet|haiku)-(4-[5-9]|[5-9])|fable|mythos)(-|$)/.test(model);
}
