import { type Clock, deadlineIn, sleep } from "@armature/contracts";
import { seededRandom, sequentialIds, type VirtualClock } from "@armature/testkit";
import { BaseChatModel, type BaseChatModelCallOptions } from "@langchain/core/language_models/chat_models";
import { AIMessage, AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";
import { asModel, type ModelFacts } from "./as-model.js";
import type { CallPlan, CallServices, Rung } from "./call-plan.js";
import { DEFAULT_POLICY } from "./policy.js";

/** What one attempt does: tokens as they come, then an error or a regular end. */
export interface Script {
  /** Before the answer, or before its first token. */
  readonly afterMs?: number;
  readonly tokens?: readonly string[];
  /** Before each further token. */
  readonly tokenMs?: number;
  readonly error?: unknown;
  /** Left out: `stop`. `null`: the stream ends without one. */
  readonly finish?: string | null;
}

/** A LangChain chat model that lives on a clock of its own. */
class ScriptedModel extends BaseChatModel {
  seen: BaseMessage[][] = [];

  constructor(
    private readonly clock: Clock,
    private readonly script: (attempt: number, messages: BaseMessage[]) => Script,
  ) {
    super({});
  }

  override _llmType(): string {
    return "scripted";
  }

  override async _generate(messages: BaseMessage[], options: BaseChatModelCallOptions): Promise<ChatResult> {
    const { afterMs = 0, tokens = ["ok"], error, finish = "stop" } = this.#next(messages);
    await sleep(this.clock, afterMs, options.signal);
    if (error !== undefined) throw error;
    const text = tokens.join("");
    const message = new AIMessage({ content: text, response_metadata: { finish_reason: finish } });
    return { generations: [{ text, message }] };
  }

  override async *_streamResponseChunks(messages: BaseMessage[], options: BaseChatModelCallOptions) {
    const { afterMs = 0, tokens = ["ok"], tokenMs = 0, error, finish = "stop" } = this.#next(messages);
    for (const [index, text] of tokens.entries()) {
      await sleep(this.clock, index === 0 ? afterMs : tokenMs, options.signal);
      yield new ChatGenerationChunk({ text, message: new AIMessageChunk(text) });
    }
    if (tokens.length === 0) await sleep(this.clock, afterMs, options.signal);
    if (error !== undefined) throw error;
    if (finish === null) return;
    const end = new AIMessageChunk({ content: "", response_metadata: { finish_reason: finish } });
    yield new ChatGenerationChunk({ text: "", message: end });
  }

  #next(messages: BaseMessage[]): Script {
    this.seen.push(messages);
    return this.script(this.seen.length, messages);
  }
}

export function scripted(
  clock: Clock,
  route: string,
  script: (attempt: number, messages: BaseMessage[]) => Script,
  capabilities: ModelFacts["capabilities"] = {},
): Rung & { seen: readonly BaseMessage[][] } {
  const chat = new ScriptedModel(clock, script);
  return { route, model: asModel(chat, { name: route, capabilities }), seen: chat.seen };
}

export function planOf(ladder: readonly Rung[], changes: Partial<CallPlan> = {}): CallPlan {
  return {
    ladder,
    startRung: 0,
    messages: [{ role: "user", content: "hi" }],
    parameters: { maxOutputTokens: 10 },
    minOutputTokens: 1,
    policy: DEFAULT_POLICY,
    stage: "call",
    visit: 1,
    firstNumber: 1,
    ...changes,
  };
}

export function servicesOn(clock: VirtualClock, changes: Partial<CallServices> = {}, deadlineMs = 60_000) {
  return {
    clock,
    random: seededRandom(1),
    ids: sequentialIds(),
    signal: new AbortController().signal,
    deadline: deadlineIn(clock, deadlineMs),
    ...changes,
  };
}

/** Runs what `clock` owes until `promise` has ended, `stepMs` at a time. */
export async function settled<T>(clock: VirtualClock, promise: Promise<T>, stepMs = 50): Promise<T> {
  let over = false;
  const end = () => {
    over = true;
  };
  promise.then(end, end);
  for (let step = 0; !over && step < 10_000; step++) await clock.advance(stepMs);
  return promise;
}

/** An error as a provider's client throws it. */
export function httpError(status: number, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error(`status ${status}`), { status, headers: new Headers(headers) });
}
