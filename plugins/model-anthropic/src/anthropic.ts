import { ArmatureError, configInvalid, describeIssues, type Model, type ModelCapabilities } from "@armature/contracts";
import { asModel, providerFetch } from "@armature/resilience";
import { z } from "zod";
import { callOptions } from "./call-options.js";
import { capabilitiesOf, hasStrictTools, takesSampling } from "./capabilities.js";
import { ChatMessages } from "./chat-messages.js";

export interface AnthropicModelOptions {
  /** The provider's name of the model. */
  readonly model: string;
  /** `ANTHROPIC_API_KEY` by default. A server at an own `baseUrl` may need none. */
  readonly apiKey?: string;
  /** Of a gateway, without the path of the API: `https://gateway.example`. `ANTHROPIC_BASE_URL` by default. */
  readonly baseUrl?: string;
  /** Used where a call asks for none, by models that take one. 0 to 1. */
  readonly temperature?: number;
  /** What differs from what the name of the model tells. */
  readonly capabilities?: Partial<ModelCapabilities>;
  /** Under which provider the price list has the model; `anthropic` by default. */
  readonly provider?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const optionsSchema = z.strictObject({
  model: z.string().min(1),
  apiKey: z.string().optional(),
  baseUrl: z.url().optional(),
  temperature: z.number().min(0).max(1).optional(),
  capabilities: z.looseObject({}).optional(),
  provider: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
});

/**
 * A chat model of Anthropic: LangChain's, without retries of its own.
 *
 * @throws ArmatureError `CONFIG_INVALID` naming each field of the options that is wrong, or when neither a key nor a base URL is known.
 */
export function anthropic(options: AnthropicModelOptions): Model {
  const checked = optionsSchema.safeParse(options);
  if (!checked.success) throw configInvalid(describeIssues("anthropic: options", checked.error));
  const { model, temperature } = options;
  const capabilities = { ...capabilitiesOf(model), ...options.capabilities };
  const defaults = { temperature, sampling: takesSampling(model), strictTools: hasStrictTools(model) };
  const chat = new ChatMessages({
    model,
    maxRetries: 0,
    maxTokens: capabilities.maxOutputTokens,
    streamUsage: true,
    ...connectionOf(options),
  });
  return asModel(chat, {
    name: model,
    provider: options.provider ?? "anthropic",
    capabilities,
    callOptions: (parameters) => callOptions(parameters, capabilities, defaults),
  });
}

/** Attempts are timed where they are made; without a time of its own the client refuses long answers unasked. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

function connectionOf({ model, apiKey, baseUrl, headers }: AnthropicModelOptions) {
  // The client adds the version itself, unlike others of its kind.
  const address = (baseUrl ?? process.env.ANTHROPIC_BASE_URL)?.replace(/\/v1\/?$/, "");
  // Servers of one's own mostly ask for no key, but the client insists on one.
  const key = apiKey ?? process.env.ANTHROPIC_API_KEY ?? (address && "no-key");
  if (!key) {
    throw new ArmatureError(
      "CONFIG_INVALID",
      `anthropic({ model: "${model}" }) has no key: set ANTHROPIC_API_KEY, or pass apiKey, or pass the baseUrl of a server that needs none.`,
    );
  }
  return {
    apiKey: key,
    ...(address && { anthropicApiUrl: address }),
    clientOptions: {
      // The client would print what it cannot read to the console, contents included. Every fault is in the record.
      logLevel: "off" as const,
      fetch: providerFetch,
      timeout: NO_TIMEOUT_MS,
      ...(headers && { defaultHeaders: { ...headers } }),
    },
  };
}
