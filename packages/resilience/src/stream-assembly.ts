import type { Answer, ToolCall, Usage } from "@armature/contracts";
import type { AIMessageChunk } from "@langchain/core/messages";
import { argumentsTextOf, composeAnswer, finishReasonOf, refusalOf, serviceTierOf, textOf, usageOf } from "./answer.js";
import type { ToolDelta } from "./call-event.js";

/** What one chunk brought. */
interface Brought {
  /** The next piece of the answer's text. */
  readonly delta: string;
  /** The text until now was none of the answer: it begins with this delta, in its tool. */
  readonly isAnew: boolean;
  /** Pieces of calls that the model asks for. */
  readonly toolDeltas: readonly ToolDelta[];
  /** False for a chunk that brought the answer no further. */
  readonly progress: boolean;
  /** The answer goes on although its finish reason has come: one of the two is wrong. */
  readonly isExcess?: boolean;
}

const NOTHING: Brought = { delta: "", isAnew: false, toolDeltas: [], progress: false };

type Piece = NonNullable<AIMessageChunk["tool_call_chunks"]>[number];

interface Call {
  /** How many calls began before it. */
  readonly place: number;
  /** The provider's number of it, which need be neither small nor its own. */
  readonly index: number;
  id: string | undefined;
  name: string;
  argumentsText: string;
}

/** Gathers the chunks of one stream into an answer, without joining them again at each step. */
export class StreamAssembly {
  /** As the provider spelled it; `undefined` as long as the answer may go on. */
  finishReason: string | undefined;
  /** The finish reason has come, and the usage with it or after it: nothing more is to be expected. */
  isComplete = false;
  #text = "";
  #refusal = "";
  #usage: Usage | undefined;
  #serviceTier: string | undefined;
  #model: unknown;
  #fingerprint: unknown;
  readonly #calls: Call[] = [];
  /** The call that the next piece with the same number belongs to, or the next one without a number. */
  readonly #latest = new Map<number | undefined, Call>();
  /** The call whose arguments are the answer. */
  #answerCall: Call | undefined;

  /** @param answerTool the tool that a structured answer is forced through */
  constructor(private readonly answerTool?: string) {}

  /** Takes one chunk. */
  add(chunk: AIMessageChunk): Brought {
    const { response_metadata: metadata, additional_kwargs: extra } = chunk;
    // Only one answer is asked for; LangChain tells the number of the choice where the provider gives one.
    if (typeof metadata?.completion === "number" && metadata.completion > 0) return NOTHING;
    const text = textOf(chunk.content);
    if (this.finishReason !== undefined && (text !== "" || hasCalls(chunk))) return { ...NOTHING, isExcess: true };
    this.#text += text;
    const calls = this.#addCalls(chunk, this.#answerCall ? "" : text);
    let progress = calls.progress || text !== "";
    const refusal = refusalOf(chunk);
    if (refusal !== "") {
      this.#refusal += refusal;
      progress = true;
    }
    if (typeof extra?.reasoning_content === "string" && extra.reasoning_content !== "") progress = true;
    const reason = finishReasonOf(chunk);
    if (reason) this.finishReason = reason;
    const usage = usageOf(chunk.usage_metadata);
    if (usage) {
      this.#usage = this.#usage ? sum(this.#usage, usage) : usage;
      this.isComplete = this.finishReason !== undefined;
    }
    this.#serviceTier = serviceTierOf(metadata) ?? this.#serviceTier;
    this.#model = metadata?.model_name ?? metadata?.model ?? this.#model;
    this.#fingerprint = metadata?.system_fingerprint ?? this.#fingerprint;
    return { ...calls, progress: progress || reason !== undefined || usage !== undefined };
  }

  answer(): Answer {
    const usage = this.#usage && this.#serviceTier ? { ...this.#usage, serviceTier: this.#serviceTier } : this.#usage;
    return composeAnswer(
      {
        text: this.#text,
        toolCalls: this.#toolCalls(),
        finishReason: this.finishReason,
        refusal: this.#refusal,
        usage,
        model: this.#model,
        fingerprint: this.#fingerprint,
      },
      this.answerTool,
    );
  }

  /**
   * What had come when the stream was ended before its end. Some providers report a usage while they still write: what
   * they will bill is not known from it.
   */
  partial(): Answer {
    const { usage, ...answer } = this.answer();
    return { ...answer, ...(usage && this.isComplete && { usage }) };
  }

  #addCalls(chunk: AIMessageChunk, text: string): Brought {
    let delta = text;
    let isAnew = false;
    let progress = false;
    const toolDeltas: ToolDelta[] = [];
    for (const piece of chunk.tool_call_chunks ?? []) {
      const call = this.#callOf(piece);
      const { id } = piece;
      // Some servers say the name again with every piece.
      const name = piece.name === call.name ? "" : (piece.name ?? "");
      const args = argumentsTextOf(piece.args);
      call.id ??= id;
      call.name += name;
      call.argumentsText += args;
      if (id || name || args) progress = true;
      if (call.name !== this.answerTool) {
        toolDeltas.push({ index: call.place, ...(id && { id }), ...(name && { name }), args });
      } else if (args) {
        if (!this.#answerCall) {
          this.#answerCall = call;
          isAnew = this.#text !== "";
          delta = "";
        }
        // Of several answers the first one counts.
        if (call === this.#answerCall) delta += args;
      }
    }
    return { delta, isAnew, toolDeltas, progress };
  }

  #callOf(piece: Piece): Call {
    const index = typeof piece.index === "number" ? piece.index : undefined;
    const latest = this.#latest.get(index);
    if (latest && !beginsAnother(piece, latest, index !== undefined)) return latest;
    const place = this.#calls.length;
    const call = { place, index: index ?? place, id: undefined, name: "", argumentsText: "" };
    this.#calls.push(call);
    this.#latest.set(index, call);
    return call;
  }

  #toolCalls(): ToolCall[] {
    const inOrder = this.#calls.toSorted((a, b) => a.index - b.index);
    return inOrder.map(({ place, id, name, argumentsText }) => ({ id: id ?? `call_${place}`, name, argumentsText }));
  }
}

/**
 * Whether a piece is not of the call that its number, or the lack of one, says. Some compatible servers number no calls,
 * others give all of them the same number; and some invent a new id for every piece, but a name only for the first.
 */
function beginsAnother({ id, name }: Piece, latest: Call, isNumbered: boolean): boolean {
  if (id && latest.id) return id !== latest.id && (!isNumbered || (name !== undefined && name !== ""));
  return !isNumbered && Boolean(id || (name && latest.argumentsText !== ""));
}

function hasCalls({ tool_call_chunks: pieces }: AIMessageChunk): boolean {
  return pieces?.some(({ name, args }) => name || args) === true;
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
