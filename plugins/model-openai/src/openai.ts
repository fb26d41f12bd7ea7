import { ArmatureError, configInvalid, describeIssues, type Model, type ModelCapabilities } from "@armature/contracts";
import { asModel, providerFetch } from "@armature/resilience";
import { ChatOpenAI } from "@langchain/openai";
import { z } from "zod";
import { callOptions } from "./call-options.js";
import { capabilitiesOf } from "./capabilities.js";
import { ChatCompletions } from "./chat-completions.js";

export interface OpenAIModelOptions {
  /** The provider's name of the model. */
  readonly model: string;
  /** `OPENAI_API_KEY` by default. A server at an own `baseUrl` may need none. */
  readonly apiKey?: string;
  /** Of any OpenAI-compatible server, with its version: `http://localhost:8000/v1`. `OPENAI_BASE_URL` by default. */
  readonly baseUrl?: string;
  /** Used where a call asks for none. */
  readonly temperature?: number;
  /** What differs from what the name of the model tells. */
  readonly capabilities?: Partial<ModelCapabilities>;
  /** Under which provider the price list has the model; `openai` by default. */
  readonly provider?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const optionsSchema = z.strictObject({
  model: z.string().min(1),
  apiKey: z.string().optional(),
  baseUrl: z.url().optional(),
  temperature: z.number().optional(),
  capabilities: z.looseObject({}).optional(),
  provider: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
});

/**
 * A chat model of OpenAI, or of any server that speaks its chat completions API: `ChatOpenAI` without retries of its
 * own and with usage also on streams.
 *
 * @throws ArmatureError `CONFIG_INVALID` naming each field of the options that is wrong, or when neither a key nor a base URL is known.
 */
export function openai(options: OpenAIModelOptions): Model {
  const checked = optionsSchema.safeParse(options);
  if (!checked.success) throw configInvalid(describeIssues("openai: options", checked.error));
  const { model, temperature } = options;
  const capabilities = { ...capabilitiesOf(model), ...options.capabilities };
  const fields = {
    model,
    maxRetries: 0,
    streamUsage: true,
    ...connectionOf(options, `openai({ model: "${model}" })`),
    ...(temperature !== undefined && { temperature }),
  };
  return asModel(new ChatOpenAI({ ...fields, completions: new ChatCompletions(fields) }), {
    name: model,
    provider: options.provider ?? "openai",
    capabilities,
    callOptions: (parameters) => callOptions(parameters, capabilities),
  });
}

interface ConnectionOptions {
  readonly apiKey?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Where to and with which key, from the options or the environment. `where` begins the message of the error. */
export function connectionOf(options: ConnectionOptions, where: string) {
  const baseURL = options.baseUrl ?? process.env.OPENAI_BASE_URL;
  // Servers of one's own mostly ask for no key, but the client insists on one.
  const apiKey = options.apiKey ?? process.env.OPENAI_API_KEY ?? (baseURL && "no-key");
  if (!apiKey) {
    throw new ArmatureError(
      "CONFIG_INVALID",
      `${where} has no key: set OPENAI_API_KEY, or pass apiKey, or pass the baseUrl of a server that needs none.`,
    );
  }
  return {
    apiKey,
    configuration: {
      // The client would print what it cannot read to the console, contents included. Every fault is in the record.
      logLevel: "off" as const,
      fetch: providerFetch,
      ...(baseURL && { baseURL }),
      ...(options.headers && { defaultHeaders: { ...options.headers } }),
    },
  };
}
