import type { Answer, ToolCall, Usage } from "@armature/contracts";
import type { AIMessageChunk } from "@langchain/core/messages";
import { composeAnswer, finishReasonOf, textOf, usageOf } from "./answer.js";

/** Gathers the chunks of one stream into an answer, without joining them again at each step. */
export class StreamAssembly {
  /** As the provider spelled it; `undefined` as long as the answer may go on. */
  finishReason: string | undefined;
  /** The finish reason has come, and the usage with it or after it: nothing more is to be expected. */
  isComplete = false;
  #text = "";
  #refusal = "";
  #usage: Usage | undefined;
  #model: unknown;
  #fingerprint: unknown;
  readonly #calls: { id: string; name: string; argumentsText: string }[] = [];

  /** Takes one chunk. `delta` is its text; `progress` is false for a chunk that brought the answer no further. */
  add(chunk: AIMessageChunk): { delta: string; progress: boolean } {
    const { response_metadata: metadata, additional_kwargs: extra } = chunk;
    const delta = textOf(chunk.content);
    this.#text += delta;
    let progress = delta !== "";
    if (typeof extra?.refusal === "string" && extra.refusal !== "") {
      this.#refusal += extra.refusal;
      progress = true;
    }
    if (this.#addCalls(chunk)) progress = true;
    if (typeof extra?.reasoning_content === "string" && extra.reasoning_content !== "") progress = true;
    const reason = finishReasonOf(chunk);
    if (reason) this.finishReason = reason;
    const usage = usageOf(chunk.usage_metadata);
    if (usage) {
      this.#usage = this.#usage ? sum(this.#usage, usage) : usage;
      this.isComplete = this.finishReason !== undefined;
    }
    this.#model = metadata?.model_name ?? metadata?.model ?? this.#model;
    this.#fingerprint = metadata?.system_fingerprint ?? this.#fingerprint;
    return { delta, progress: progress || reason !== undefined || usage !== undefined };
  }

  answer(answerTool?: string): Answer {
    return composeAnswer(
      {
        text: this.#text,
        toolCalls: this.#calls.filter((call): call is ToolCall => call !== undefined),
        finishReason: this.finishReason,
        refusal: this.#refusal,
        usage: this.#usage,
        model: this.#model,
        fingerprint: this.#fingerprint,
      },
      answerTool,
    );
  }

  #addCalls(chunk: AIMessageChunk): boolean {
    let progress = false;
    for (const { index, id, name, args } of chunk.tool_call_chunks ?? []) {
      const place = index ?? this.#calls.length;
      let call = this.#calls[place];
      if (!call) {
        call = { id: id ?? `call_${place}`, name: "", argumentsText: "" };
        this.#calls[place] = call;
      }
      if (name) call.name += name;
      if (args) call.argumentsText += args;
      if (id || name || args) progress = true;
    }
    return progress;
  }
}

// Some providers report the input tokens at the start of a stream and the output tokens at its end.
function sum(a: Usage, b: Usage): Usage {
  const details = (["cachedInputTokens", "cacheWriteTokens", "reasoningTokens"] as const)
    .map((key) => [key, (a[key] ?? 0) + (b[key] ?? 0)] as const)
    .filter(([, tokens]) => tokens > 0);
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    ...Object.fromEntries(details),
  };
}
