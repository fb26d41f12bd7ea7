import {
  type CallParameters,
  deadlineIn,
  type Message,
  systemClock,
  systemIds,
  systemRandom,
} from "@armature/contracts";
import { type CallEvent, type CallPolicy, callModel } from "@armature/resilience";
import { type Fault, type Provider, type ProviderOptions, startProvider } from "@armature/testkit/provider";
import { anthropic } from "./anthropic.js";

export const WORDS = Array.from({ length: 60 }, (_, index) => `w${index}`).join(" ");
export const OTHER_WORDS = "the words of the fallback";

export const PRIMARY = "claude-haiku-4-5";
export const FALLBACK = "claude-sonnet-4-5";

/** The provider that was started last. */
export let provider: Provider | undefined;

/** Starts a provider whose primary model has `fault`. */
export async function serve(fault?: Fault, options: Partial<ProviderOptions> = {}): Promise<void> {
  await provider?.close();
  provider = await startProvider({
    respond: ({ model }) => (model === FALLBACK ? OTHER_WORDS : WORDS),
    faults: { [PRIMARY]: () => fault },
    ...options,
  });
}

export const claude = (model: string) =>
  anthropic({ model, baseUrl: provider?.origin ?? "", apiKey: "sk-ant-secret-key" });

export const policy: CallPolicy = {
  attemptTimeoutMs: 8_000,
  firstTokenTimeoutMs: 6_000,
  idleTimeoutMs: 5_000,
  retries: 1,
  backoff: { baseMs: 2, maxMs: 10 },
  maxAttempts: 8,
};

interface Asked {
  readonly streamed?: boolean;
  /** Live delivery, to a listener who understands restarts. */
  readonly on?: (event: CallEvent) => void;
  readonly fallback?: boolean;
  readonly parameters?: CallParameters;
  readonly messages?: readonly Message[];
  readonly policy?: CallPolicy;
}

/** Calls the primary model, and the other behind it. */
export function call(asked: Asked = {}) {
  const { streamed = false, fallback = true, parameters = { maxOutputTokens: 100 } } = asked;
  const names = fallback ? [PRIMARY, FALLBACK] : [PRIMARY];
  return callModel(
    {
      ladder: names.map((name) => ({ route: name === PRIMARY ? "primary" : "fallback", model: claude(name) })),
      startRung: 0,
      messages: asked.messages ?? [{ role: "user", content: "hi" }],
      parameters,
      minOutputTokens: 1,
      ...(streamed && { streamed }),
      ...(asked.on && { delivery: "live", mayRestart: true, on: asked.on }),
      policy: asked.policy ?? policy,
      stage: "call",
      visit: 1,
      firstNumber: 1,
    },
    {
      clock: systemClock,
      random: systemRandom,
      ids: systemIds,
      signal: new AbortController().signal,
      deadline: deadlineIn(systemClock, 20_000),
    },
  );
}

type Result = Awaited<ReturnType<typeof call>>;
export const answerOf = (result: Result) => (result.ok ? result.answer : undefined);
export const kinds = ({ attempts }: Result) =>
  attempts.map(({ route, fault }) => `${route} ${fault?.kind ?? "answered"}`);
