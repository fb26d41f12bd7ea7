import type { ModelCapabilities } from "@armature/contracts";

function gpt(contextTokens: number, maxOutputTokens: number): ModelCapabilities {
  return {
    contextTokens,
    maxOutputTokens,
    structuredOutput: "native",
    tools: true,
    vision: true,
    streaming: true,
    prefill: false,
  };
}

const K = 1_000;

/** By the longest prefix of the model's name, so that dated snapshots share the row of their family. */
const FAMILIES: readonly (readonly [prefix: string, capabilities: ModelCapabilities])[] = [
  ["gpt-3.5-turbo", { ...gpt(16_385, 4_096), structuredOutput: "tool", vision: false }],
  ["gpt-4", { ...gpt(8_192, 4_096), structuredOutput: "tool", vision: false }],
  ["gpt-4-turbo", { ...gpt(128 * K, 4_096), structuredOutput: "tool" }],
  ["gpt-4o", gpt(128 * K, 16_384)],
  ["gpt-4.1", gpt(1_047_576, 32_768)],
  ["gpt-5", gpt(400 * K, 128 * K)],
  ["gpt-5-chat", gpt(128 * K, 16_384)],
  ["o1", gpt(200 * K, 100 * K)],
  ["o3", gpt(200 * K, 100 * K)],
  ["o3-mini", { ...gpt(200 * K, 100 * K), vision: false }],
  ["o4-mini", gpt(200 * K, 100 * K)],
];

/** What nearly every OpenAI-compatible server can do: JSON only when the prompt asks for it. */
const UNKNOWN: ModelCapabilities = {
  contextTokens: 8_192,
  maxOutputTokens: 4_096,
  structuredOutput: "prompt",
  tools: false,
  vision: false,
  streaming: true,
  prefill: false,
};

/**
 * What `model` can do as far as its name tells. A model that is not known gets careful values: say what it can do in
 * the `capabilities` of {@link openai}.
 */
export function capabilitiesOf(model: string): ModelCapabilities {
  const name = bareName(model);
  let best: ModelCapabilities = UNKNOWN;
  let length = 0;
  for (const [prefix, capabilities] of FAMILIES) {
    if (prefix.length > length && isOfFamily(name, prefix)) {
      best = capabilities;
      length = prefix.length;
    }
  }
  return best;
}

// "gpt-4.1" is no kind of "gpt-4": what follows the prefix must begin a new part of the name. "gpt-5.1" is one of "gpt-5".
function isOfFamily(name: string, prefix: string): boolean {
  const rest = name.startsWith("gpt-5") ? name.replace(/^(gpt-5)\.\d+/, "$1") : name;
  return rest.startsWith(prefix) && (rest.length === prefix.length || rest[prefix.length] === "-");
}

// Gateways put the provider before the name and a variant behind it (`openai/o3:online`), a fine-tuned model has its base.
function bareName(model: string): string {
  return model.toLowerCase().replace(/^.*\//, "").replace(/^ft:/, "").replace(/:.*$/, "");
}

/** Models that reason before they answer: they take `max_completion_tokens` and no sampling parameters. */
export function isReasoningModel(model: string): boolean {
  const name = bareName(model);
  return /^o\d/.test(name) || (name.startsWith("gpt-5") && !name.startsWith("gpt-5-chat"));
}
