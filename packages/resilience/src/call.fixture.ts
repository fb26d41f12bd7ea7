import { type CallParameters, deadlineIn, type Message, systemClock } from "@armature/contracts";
import {
  type Fault,
  type FaultSource,
  type Provider,
  type ProviderOptions,
  seededRandom,
  sequentialIds,
  startProvider,
} from "@armature/testkit";
import { ChatOpenAI } from "@langchain/openai";
import { asModel } from "./as-model.js";
import { callModel } from "./call.js";
import type { CallEvent } from "./call-event.js";
import type { CallPlan, CallServices } from "./call-plan.js";
import type { CallPolicy } from "./policy.js";

export const WORDS = Array.from({ length: 60 }, (_, index) => `w${index}`).join(" ");
export const OTHER_WORDS = "the words of the fallback";

// Generous, so that a busy machine is not taken for a silent provider.
export const policy: CallPolicy = {
  attemptTimeoutMs: 8_000,
  firstTokenTimeoutMs: 6_000,
  idleTimeoutMs: 5_000,
  retries: 2,
  backoff: { baseMs: 2, maxMs: 10 },
  maxAttempts: 8,
};

export const impatient: CallPolicy = {
  ...policy,
  attemptTimeoutMs: 1_000,
  firstTokenTimeoutMs: 700,
  idleTimeoutMs: 500,
};

export const messages: Message[] = [{ role: "user", content: "hi" }];
export const parameters: CallParameters = { maxOutputTokens: 100 };

/** The provider that was started last. */
export let provider: Provider;

export async function serve(faults: ProviderOptions["faults"], options: Partial<ProviderOptions> = {}) {
  provider = await startProvider({
    respond: ({ model }) => (model === "backup" ? OTHER_WORDS : WORDS),
    ...(faults && { faults }),
    ...options,
  });
}

export function model(name: string, contextTokens = 8_192) {
  const chat = new ChatOpenAI({ model: name, apiKey: "k", maxRetries: 0, configuration: { baseURL: provider.url } });
  return { route: name, model: asModel(chat, { capabilities: { contextTokens, tools: true } }) };
}

interface Changes {
  plan?: Partial<CallPlan>;
  services?: Partial<CallServices>;
  streamed?: boolean;
  deadlineMs?: number;
}

export async function call({ plan, services, streamed = false, deadlineMs = 20_000 }: Changes = {}) {
  let text = "";
  const restarts: string[] = [];
  const on = (event: CallEvent) => {
    if (event.type === "delta") text += event.text;
    if (event.type !== "restart") return;
    restarts.push(event.reason);
    text = "";
  };
  const result = await callModel(
    {
      ladder: [model("primary"), model("backup", 100_000)],
      startRung: 0,
      messages,
      parameters,
      minOutputTokens: 1,
      ...(streamed && { delivery: "live", mayRestart: true, on }),
      policy,
      stage: "call",
      visit: 1,
      firstNumber: 1,
      ...plan,
    },
    {
      clock: systemClock,
      random: seededRandom(1),
      ids: sequentialIds(),
      signal: new AbortController().signal,
      deadline: deadlineIn(systemClock, deadlineMs),
      ...services,
    },
  );
  return { result, delivered: text, restarts };
}

export function onPrimary(fault: Fault, times = Number.POSITIVE_INFINITY): { primary: FaultSource } {
  return { primary: (_, attempt) => (attempt <= times ? fault : undefined) };
}

export const kinds = (result: { attempts: readonly { route: string; fault?: { kind: string } }[] }) =>
  result.attempts.map(({ route, fault }) => `${route}:${fault?.kind ?? "answered"}`);
