import OpenAI from "openai";
import { afterEach } from "vitest";
import type { SeenAttempt } from "./seen-attempt.js";
import { type Provider, type ProviderOptions, startProvider } from "./start-provider.js";

/** Sixty words, hence sixty tokens. */
export const SIXTY = Array.from({ length: 60 }, (_, index) => `w${index}`).join(" ");

/** The provider of a test file: started anew for each test, or again within one, and closed after it. */
export function useProvider() {
  const current: { provider: Provider | undefined } = { provider: undefined };
  afterEach(() => current.provider?.close());
  return {
    get provider(): Provider {
      if (!current.provider) throw new Error("No provider was started in this test.");
      return current.provider;
    },
    /** Starts it and returns an OpenAI client of it. */
    async start(options: Partial<ProviderOptions> = {}): Promise<OpenAI> {
      await current.provider?.close();
      current.provider = await startProvider({ respond: () => "hello there", ...options });
      return new OpenAI({ baseURL: current.provider.url, apiKey: "sk-test", maxRetries: 0 });
    },
    /** The signal of a client that leaves once its request has come so far, and `ms` milliseconds later. */
    leaveWhen(reached: (attempt: SeenAttempt) => boolean, ms = 0): AbortSignal {
      const controller = new AbortController();
      const watch = setInterval(() => {
        const attempt = current.provider?.log[0];
        if (!attempt || !reached(attempt)) return;
        clearInterval(watch);
        setTimeout(() => controller.abort(new Error("The client has left.")), ms);
      }, 5);
      return controller.signal;
    },
  };
}

export const ask = (stream: boolean) => ({
  model: "m",
  messages: [{ role: "user" as const, content: "hi" }],
  ...(stream && { stream: true as const, stream_options: { include_usage: true } }),
});

export async function streamed(client: OpenAI, signal?: AbortSignal) {
  const stream = await client.chat.completions.create(
    { model: "m", messages: [{ role: "user", content: "hi" }], stream: true, stream_options: { include_usage: true } },
    signal && { signal },
  );
  const seen = { text: "", finish: null as string | null, usage: undefined as number | undefined, calls: "" };
  for await (const chunk of stream) {
    seen.text += chunk.choices[0]?.delta.content ?? "";
    seen.calls += chunk.choices[0]?.delta.tool_calls?.map((call) => call.function?.arguments ?? "").join("") ?? "";
    seen.finish = chunk.choices[0]?.finish_reason ?? seen.finish;
    seen.usage = chunk.usage?.total_tokens ?? seen.usage;
  }
  return seen;
}

export async function completed(client: OpenAI) {
  return client.chat.completions.create({ model: "m", messages: [{ role: "user", content: "hi" }] });
}

/** Everything that comes back over the wire, as far as it comes; `error` where it breaks off. */
export async function readAll(address: string, body: unknown, signal?: AbortSignal) {
  const response = await fetch(address, { method: "POST", body: JSON.stringify(body), ...(signal && { signal }) });
  let text = "";
  const decoder = new TextDecoder();
  try {
    for await (const part of response.body ?? []) text += decoder.decode(part, { stream: true });
    return { text, error: false, status: response.status };
  } catch {
    return { text, error: true, status: response.status };
  }
}
