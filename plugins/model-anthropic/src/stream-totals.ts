import type { AIMessageChunk, BaseMessage } from "@langchain/core/messages";

type UsageMetadata = NonNullable<AIMessageChunk["usage_metadata"]>;

/**
 * Mends what LangChain makes of the events of one stream. The API tells the input tokens at its start and the output
 * tokens, counted cumulatively, at its end; LangChain passes both on as parts of one sum, so that a stream that is cut
 * would seem to have cost a single token of output. Here the usage comes once, at the end, or not at all.
 */
export class StreamTotals {
  #start: UsageMetadata | undefined;

  read(message: BaseMessage): void {
    const chunk = message as AIMessageChunk;
    const { additional_kwargs: extra } = chunk;
    if (extra.type === "message") {
      this.#start = chunk.usage_metadata;
      delete chunk.usage_metadata;
      chunk.response_metadata.model = extra.model;
    }
    if ("stop_reason" in extra && chunk.usage_metadata) chunk.usage_metadata = this.#whole(chunk.usage_metadata);
    const thinking = thinkingOf(chunk);
    if (thinking !== "") extra.reasoning_content = thinking;
    tellRefusal(chunk);
  }

  #whole({ output_tokens }: UsageMetadata): UsageMetadata {
    const { input_tokens = 0, ...rest } = this.#start ?? {};
    return { ...rest, input_tokens, output_tokens, total_tokens: input_tokens + output_tokens };
  }
}

/** Puts the explanation of a refusal where a refusal is looked for. */
export function tellRefusal({ additional_kwargs: extra }: BaseMessage): void {
  const explanation = (extra.stop_details as { explanation?: unknown } | null | undefined)?.explanation;
  if (typeof explanation === "string" && explanation !== "") extra.refusal = explanation;
}

// So that who watches the stream sees that it moves.
function thinkingOf({ content }: AIMessageChunk): string {
  if (typeof content === "string") return "";
  return content.map((block) => (typeof block.thinking === "string" ? block.thinking : "")).join("");
}
