import type { ChatRequest } from "../provider/chat-request.js";
import type { Fault } from "../provider/fault.js";
import { type Provider, startProvider } from "../provider/start-provider.js";
import {
  CONTINUATION,
  FALLBACK,
  FALLBACK_WORDS,
  type FaultScenario,
  faultSource,
  PRIMARY,
  PRIMARY_WORDS,
  TIMES,
} from "./scenario.js";

/** What the client under test made of one request. */
export interface MatrixAnswer {
  /** The text that the caller holds at the end. */
  readonly text: string;
  /** Given where the request ended in an error that says what happened. */
  readonly failure?: { readonly code: string; readonly message: string };
  /** What the client's own books say: every attempt, with the model and the cost. */
  readonly attempts: readonly {
    readonly model: string;
    readonly failed: boolean;
    readonly costMicroUsd: number;
    readonly outputTokens: number | undefined;
  }[];
}

/** Sends one request to the models {@link PRIMARY} and {@link FALLBACK} of the provider. */
export type MatrixClient = (provider: Provider) => Promise<MatrixAnswer>;

export interface ScenarioReport {
  readonly name: string;
  /** `complete`, `reason` (the provider's own), `typed error`, or what is wrong. */
  readonly ended: string;
  readonly passed: boolean;
  /** Of the slowest request. */
  readonly tookMs: number;
  /** Of the request with the most attempts, as the provider counted them. */
  readonly attempts: number;
}

export interface ScenarioOptions {
  readonly scale: number;
  /** Added to the time that a request may take: what a busy machine keeps it waiting. */
  readonly slackMs: number;
  /** Makes the client; called once a scenario, so that what it learns from one request serves the next. */
  client(): MatrixClient;
  /** A typed error is an end that is allowed, as for text that was delivered before the fault. */
  readonly typedErrorsAllowed?: boolean;
}

/** Runs a client through one scenario of the matrix, on a provider of its own. */
export async function runScenario(scenario: FaultScenario, options: ScenarioOptions): Promise<ScenarioReport> {
  const ask = options.client();
  const provider = await startProvider({
    respond,
    faults: { [PRIMARY]: faultSource(scenario), [FALLBACK]: (request) => fallbackFault(scenario, request) },
    tokenDelayMs: TIMES.tokenDelayMs / options.scale,
  });
  try {
    const { requests, everyMs } = scenario.series ?? { requests: 1, everyMs: 0 };
    const startedAt = Date.now();
    const ends: ScenarioReport[] = [];
    for (let request = 0; request < requests; request++) {
      await new Promise((resolve) => setTimeout(resolve, startedAt + request * everyMs - Date.now()));
      ends.push(await runRequest(scenario, options, provider, ask, startedAt));
    }
    const wrong = ends.find(({ passed }) => !passed);
    return {
      ...(wrong ?? ends.at(-1)!),
      tookMs: Math.max(...ends.map(({ tookMs }) => tookMs)),
      attempts: Math.max(...ends.map(({ attempts }) => attempts)),
    };
  } finally {
    await provider.close();
  }
}

async function runRequest(
  scenario: FaultScenario,
  { slackMs, typedErrorsAllowed = false }: ScenarioOptions,
  provider: Provider,
  ask: MatrixClient,
  startedAt: number,
): Promise<ScenarioReport> {
  const before = provider.log.length;
  const beganAt = Date.now();
  const answer = await ask(provider);
  const tookMs = Date.now() - beganAt;
  const attempts = provider.log.length - before;
  const ended = endOf(answer);
  const wrong =
    (ended === (scenario.ends === "answer" ? "complete" : "reason") || (typedErrorsAllowed && ended === "typed error")
      ? undefined
      : ended) ??
    (attempts > scenario.mostAttempts ? `${attempts} attempts` : undefined) ??
    (tookMs > scenario.withinMs + slackMs ? `took ${tookMs} ms of ${scenario.withinMs}` : undefined) ??
    (isLateReturn(scenario, beganAt - startedAt, provider, before) ? "not back at the primary" : undefined) ??
    wrongBooks(scenario, answer, provider, before);
  return { name: scenario.name, ended: wrong ?? ended, passed: wrong === undefined, tookMs, attempts };
}

function endOf({ text, failure }: MatrixAnswer): string {
  if (failure) return failure.code === "CONTENT_FILTERED" && failure.message !== "" ? "reason" : "typed error";
  if (text === PRIMARY_WORDS || text === FALLBACK_WORDS) return "complete";
  const continued = text.endsWith(CONTINUATION) && PRIMARY_WORDS.startsWith(text.slice(0, -CONTINUATION.length));
  return continued ? "complete" : `wrong text: ${text.slice(0, 20)}… (${text.length})`;
}

function isLateReturn({ series }: FaultScenario, sinceMs: number, { log }: Provider, before: number): boolean {
  return series !== undefined && sinceMs >= series.primaryFromMs && log[before]?.model !== PRIMARY;
}

/**
 * Whether the client's books name every attempt that the provider saw, the one that answered with its usage, and a cost
 * for each that the provider has worked for.
 */
function wrongBooks(
  { mayLackUsage }: FaultScenario,
  { attempts, failure }: MatrixAnswer,
  { log }: Provider,
  before: number,
): string | undefined {
  const seen = log.slice(before).map(({ model }) => model);
  const booked = attempts.map(({ model }) => model);
  if (seen.join() !== booked.join()) return `books say ${booked.join()} where ${seen.join()} was asked`;
  const answered = attempts.filter(({ failed }) => !failed);
  if (answered.length !== (failure ? 0 : 1)) return `${answered.length} attempts answered`;
  if (!mayLackUsage && answered.some(({ outputTokens }) => !outputTokens)) return "the answer has no usage";
  const unpaid = log.slice(before).some(({ tokensSent }, index) => tokensSent > 0 && !attempts[index]!.costMicroUsd);
  return unpaid ? "an attempt has no cost" : undefined;
}

function respond({ model, messages }: ChatRequest): string {
  if (model === PRIMARY) return PRIMARY_WORDS;
  return messages.at(-1)?.role === "assistant" ? CONTINUATION : FALLBACK_WORDS;
}

function fallbackFault({ refusesPrefill }: FaultScenario, { messages }: ChatRequest): Fault | undefined {
  if (!refusesPrefill || messages.at(-1)?.role !== "assistant") return undefined;
  return {
    kind: "status",
    status: 400,
    code: "invalid_request_error",
    message: "The last message must be the user's.",
  };
}
