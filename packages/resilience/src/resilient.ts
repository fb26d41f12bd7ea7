import {
  ArmatureError,
  type Clock,
  deadlineIn,
  type Failure,
  type Ids,
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
import type { CallPlan, CallServices } from "./call-plan.js";
import { Health } from "./health.js";
import { type CallPolicy, DEFAULT_POLICY } from "./policy.js";

export interface ResiliencePolicy extends Partial<CallPolicy> {
  /** Models that are tried in this order when the first does not answer. */
  readonly fallbacks?: readonly (BaseChatModel | Model)[];
  /** For one call with all its attempts, in milliseconds; two minutes by default. */
  readonly deadlineMs?: number;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly ids?: Ids;
}

/**
 * A chat model that outlives its provider: attempts in time, retries, a breaker for each model, fallbacks. It is an
 * ordinary LangChain chat model and fits wherever one does. When no model answers it throws an `ArmatureError` whose
 * code says why. Streams are verified: their text comes once it is whole.
 */
export function resilient(model: BaseChatModel | Model, policy: ResiliencePolicy = {}): BaseChatModel {
  const ladder = [model, ...(policy.fallbacks ?? [])].map((one) => ("chat" in one ? one : asModel(one)));
  return new ResilientChatModel(ladder, policy);
}

class ResilientChatModel extends BaseChatModel {
  readonly #ladder: CallPlan["ladder"];
  readonly #policy: ResiliencePolicy;
  readonly #health: Health;

  constructor(models: readonly Model[], policy: ResiliencePolicy, health = new Health(policy.clock ?? systemClock)) {
    super({});
    this.#ladder = models.map((model, index) => ({ route: `${index + 1}:${model.name}`, model }));
    this.#policy = policy;
    this.#health = health;
  }

  override _llmType(): string {
    return "armature-resilient";
  }

  /** Every model of the ladder spells tools in its own way; the breakers stay shared. */
  override bindTools(tools: BindToolsInput[], options?: Partial<BaseChatModelCallOptions>): ResilientChatModel {
    const models = this.#ladder.map(({ model }) => {
      const bound = model.chat.bindTools?.(tools, options);
      if (!bound) {
        throw new ArmatureError("CONFIG_INVALID", `resilient: the model "${model.name}" takes no tools.`);
      }
      return { ...model, chat: bound as unknown as BaseChatModel };
    });
    return new ResilientChatModel(models, this.#policy, this.#health);
  }

  override async _generate(messages: BaseMessage[], options: this["ParsedCallOptions"]): Promise<ChatResult> {
    const services = this.#services(options.signal);
    const call = new CallContext(this.#plan(), services, messages, optionsForAttempts(options));
    const result = await runCall(call);
    if (!result.ok) throw errorOf(result.failure);
    const message = call.ledger.message ?? new AIMessage(result.answer.text);
    return { generations: [{ text: result.answer.text, message }], llmOutput: { attempts: result.attempts } };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const { generations } = await this._generate(messages, options);
    for (const { text, message } of generations) {
      yield new ChatGenerationChunk({ text, message: chunkOf(message as AIMessage) });
      await runManager?.handleLLMNewToken(text);
    }
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
