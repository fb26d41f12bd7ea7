import {
  type Answer,
  ArmatureError,
  type Clock,
  deadlineIn,
  type Failure,
  type Ids,
  type Message,
  type Model,
  type Random,
  systemClock,
  systemIds,
  systemRandom,
} from "@armature/contracts";
import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BindToolsInput,
} from "@langchain/core/language_models/chat_models";
import { AIMessage, AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";
import { asModel } from "./as-model.js";
import { runCall } from "./call.js";
import { CallContext } from "./call-context.js";
import type { CallEvent } from "./call-event.js";
import type { CallPlan, CallServices, Delivery } from "./call-plan.js";
import { Health } from "./health.js";
import { type CallPolicy, DEFAULT_POLICY } from "./policy.js";
import { TextQueue } from "./text-queue.js";

export interface ResiliencePolicy extends Partial<CallPolicy> {
  /**
   * What `stream` yields: `verified` (the default) the text once it is whole, `live` the text as it comes. A live answer
   * goes on with the next model where that continues it or agrees with it; otherwise the stream throws.
   */
  readonly delivery?: Delivery;
  /** Models that are tried in this order when the first does not answer. */
  readonly fallbacks?: readonly (BaseChatModel | Model)[];
  /** For one call with all its attempts, in milliseconds; two minutes by default. */
  readonly deadlineMs?: number;
  /** Breakers, limits and latencies that several models share; one of its own by default. */
  readonly health?: Health;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly ids?: Ids;
}

/**
 * A chat model that outlives its provider: attempts in time, retries, a breaker for each model, fallbacks. It is an
 * ordinary LangChain chat model and fits wherever one does. When no model answers it throws an `ArmatureError` whose
 * code says why.
 */
export function resilient(model: BaseChatModel | Model, policy: ResiliencePolicy = {}): BaseChatModel {
  const ladder = [model, ...(policy.fallbacks ?? [])].map((one) => ("chat" in one ? one : leniently(one)));
  return new ResilientChatModel(ladder, policy);
}

/** A chat model that does not say what it can do is asked; it may say no. */
function leniently(chat: BaseChatModel): Model {
  const { toolCalling = true, imageInputs = true, maxInputTokens = Number.MAX_SAFE_INTEGER } = chat.profile ?? {};
  return asModel(chat, { capabilities: { tools: toolCalling, vision: imageInputs, contextTokens: maxInputTokens } });
}

class ResilientChatModel extends BaseChatModel {
  readonly #ladder: CallPlan["ladder"];
  readonly #policy: ResiliencePolicy;
  readonly #health: Health;

  constructor(models: readonly Model[], policy: ResiliencePolicy) {
    super({});
    this.#ladder = models.map((model, index) => ({ route: `${index + 1}:${model.name}`, model }));
    this.#health = policy.health ?? new Health(policy.clock ?? systemClock);
    this.#policy = { ...policy, health: this.#health };
  }

  override _llmType(): string {
    return "armature-resilient";
  }

  /** Every model of the ladder spells tools in its own way; those that take none are left out. Breakers stay shared. */
  override bindTools(tools: BindToolsInput[], options?: Partial<BaseChatModelCallOptions>): ResilientChatModel {
    const able = this.#ladder.filter(({ model }) => model.capabilities.tools);
    const models = (able.length > 0 ? able : this.#ladder).map(({ model }) => {
      const bound = model.chat.bindTools?.(tools, options);
      if (!bound) {
        throw new ArmatureError("CONFIG_INVALID", `resilient: the model "${model.name}" takes no tools.`);
      }
      return { ...model, chat: bound as unknown as BaseChatModel };
    });
    return new ResilientChatModel(models, this.#policy);
  }

  override async _generate(messages: BaseMessage[], options: this["ParsedCallOptions"]): Promise<ChatResult> {
    const { answer, message, attempts } = await this.#call(messages, options, options.signal);
    return {
      // A chunk, as the type of `invoke` says: the base class's `withStructuredOutput` takes nothing else.
      generations: [{ text: answer.text, message: chunkOf(message ?? new AIMessage(answer.text)) }],
      llmOutput: { attempts },
    };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    for await (const message of this.#stream(messages, options)) {
      yield new ChatGenerationChunk({ text: message.text, message });
      if (message.text !== "") await runManager?.handleLLMNewToken(message.text);
    }
  }

  async *#stream(messages: BaseMessage[], options: this["ParsedCallOptions"]): AsyncGenerator<AIMessageChunk> {
    if (this.#policy.delivery !== "live") {
      const { generations } = await this._generate(messages, options);
      yield generations[0]!.message as AIMessageChunk;
      return;
    }
    const texts = new TextQueue();
    const consumer = new AbortController();
    const onAbort = () => consumer.abort();
    options.signal?.addEventListener("abort", onAbort, { once: true });
    if (options.signal?.aborted) onAbort();
    const on = (event: CallEvent) => {
      if (event.type === "delta") texts.push(event.text);
    };
    const call = this.#call(messages, options, consumer.signal, { delivery: "live", on });
    call.then(texts.end, texts.end);
    try {
      for await (const text of texts) yield new AIMessageChunk(text);
      yield endOf((await call).answer);
    } finally {
      // A consumer that has left needs no answer.
      consumer.abort();
      options.signal?.removeEventListener("abort", onAbort);
    }
  }

  async #call(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    signal: AbortSignal | undefined,
    changes: Partial<CallPlan> = {},
  ) {
    const plan = { ...this.#plan(), messages: messages.map(contentOf), ...changes };
    const call = new CallContext(plan, this.#services(signal), messages, optionsForAttempts(options));
    const result = await runCall(call);
    if (!result.ok) throw errorOf(result.failure);
    return { answer: result.answer, attempts: result.attempts, message: call.ledger.message };
  }

  #plan(): CallPlan {
    return {
      ladder: this.#ladder,
      startRung: 0,
      messages: [],
      parameters: { maxOutputTokens: Number.MAX_SAFE_INTEGER },
      minOutputTokens: 1,
      policy: { ...DEFAULT_POLICY, ...this.#policy },
      stage: "call",
      visit: 1,
      firstNumber: 1,
    };
  }

  #services(signal: AbortSignal | undefined): CallServices {
    const { clock = systemClock, random = systemRandom, ids = systemIds, deadlineMs = 120_000 } = this.#policy;
    const deadline = deadlineIn(clock, deadlineMs);
    return { clock, random, ids, deadline, signal: signal ?? new AbortController().signal, health: this.#health };
  }
}

/** As much of a message as tells which models can take it. */
function contentOf(message: BaseMessage): Message {
  const { content } = message;
  if (typeof content === "string" || !content.some(({ type }) => /image/.test(type))) {
    return { role: "user", content: message.text };
  }
  return {
    role: "user",
    content: [
      { type: "text", text: message.text },
      { type: "image_url", image_url: { url: "" } },
    ],
  };
}

/** What a live stream ends with: all but the text, which has come already. */
function endOf({ toolCalls, finish, refusal, usage, model }: Answer): AIMessageChunk {
  return new AIMessageChunk({
    content: "",
    tool_call_chunks: toolCalls.map(({ id, name, argumentsText }, index) => ({
      type: "tool_call_chunk" as const,
      index,
      id,
      name,
      args: argumentsText,
    })),
    ...(refusal !== undefined && { additional_kwargs: { refusal } }),
    response_metadata: { finish_reason: finish, ...(model !== undefined && { model_name: model }) },
    ...(usage && {
      usage_metadata: {
        input_tokens: usage.inputTokens,
        output_tokens: usage.outputTokens,
        total_tokens: usage.inputTokens + usage.outputTokens,
      },
    }),
  });
}

function chunkOf(message: AIMessage): AIMessageChunk {
  const { id, content, tool_calls, invalid_tool_calls, additional_kwargs, response_metadata, usage_metadata } = message;
  return new AIMessageChunk({
    content,
    additional_kwargs,
    response_metadata,
    ...(id !== undefined && { id }),
    ...(tool_calls && { tool_calls }),
    ...(invalid_tool_calls && { invalid_tool_calls }),
    ...(usage_metadata && { usage_metadata }),
  });
}

// What belongs to this run and not to the attempts: each of those has a signal of its own.
function optionsForAttempts(options: BaseChatModelCallOptions): Record<string, unknown> {
  const { signal: _signal, timeout: _timeout, ...own } = options as BaseChatModelCallOptions & { timeout?: number };
  return own;
}

function errorOf({ code, message, cause, ...facts }: Failure): ArmatureError {
  const { retryable: _retryable, ...rest } = facts;
  return new ArmatureError(code, message, {
    ...rest,
    ...(cause && { cause: Object.assign(new Error(cause.message), { name: cause.name }) }),
  });
}
