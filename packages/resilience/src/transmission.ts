import type { Answer, Clock } from "@armature/contracts";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { AIMessage, AIMessageChunk, BaseMessage } from "@langchain/core/messages";
import { finishReasonOf, normaliseAnswer } from "./answer.js";
import { type ClassifiedFault, faultOf } from "./fault.js";
import { SilenceWatch } from "./silence-watch.js";
import { StreamAssembly } from "./stream-assembly.js";

/** A server that forgets to end its stream gets this long after the finish reason to send the usage. */
const FINISH_GRACE_MS = 250;

export interface Transmission {
  readonly chat: Pick<BaseChatModel, "invoke" | "stream">;
  readonly messages: BaseMessage[];
  readonly options: Record<string, unknown>;
  readonly answerTool?: string | undefined;
  readonly timeoutMs: number;
  readonly stream?: {
    readonly firstTokenTimeoutMs: number;
    readonly idleTimeoutMs: number;
    onDelta(text: string): void;
  };
}

export interface Received {
  readonly answer: Answer;
  readonly finishReason: string | undefined;
  /** The message itself, where the answer did not come as a stream. */
  readonly message?: AIMessage;
  readonly firstTokenAt?: number | undefined;
}

/** Why an attempt was ended from this side. What had come until then is kept. */
export class Stopped {
  constructor(
    readonly fault: ClassifiedFault,
    readonly partial?: Answer,
    readonly firstTokenAt?: number,
  ) {}
}

/**
 * Sends one attempt and waits for its whole answer, no longer than its times allow. Rejects with what the model threw,
 * or with {@link Stopped}. Whatever ends it also aborts the request, so that its socket closes.
 */
export function transmit(transmission: Transmission, clock: Clock, signal: AbortSignal): Promise<Received> {
  return new Promise((resolve, reject) => {
    const { stream, timeoutMs } = transmission;
    const controller = new AbortController();
    const assembly = stream && new StreamAssembly();
    let firstTokenAt: number | undefined;
    let cancelGrace: (() => void) | undefined;

    function release(): void {
      cancelTimeout();
      cancelGrace?.();
      watch?.end();
      signal.removeEventListener("abort", onCancel);
    }
    function stop(fault: ClassifiedFault): void {
      release();
      reject(new Stopped(fault, assembly?.answer(transmission.answerTool), firstTokenAt));
      controller.abort();
    }
    function onCancel(): void {
      stop(faultOf("CANCELLED", "cancelled", "cancelled", "The attempt was cancelled."));
    }
    function succeed(received: Received): void {
      release();
      resolve(received);
    }
    function fail(error: unknown): void {
      release();
      reject(assembly ? new StreamBroken(error, assembly.answer(transmission.answerTool), firstTokenAt) : error);
    }
    function assembled(gathered: StreamAssembly): Received {
      return {
        answer: gathered.answer(transmission.answerTool),
        finishReason: gathered.finishReason,
        firstTokenAt,
      };
    }

    const cancelTimeout = clock.after(timeoutMs, () => stop(silent("attempt_timeout", timeoutMs)));
    const watch =
      stream &&
      new SilenceWatch(clock, stream.firstTokenTimeoutMs, stream.idleTimeoutMs, (kind) =>
        stop(silent(kind, kind === "stalled_stream" ? stream.idleTimeoutMs : stream.firstTokenTimeoutMs)),
      );
    signal.addEventListener("abort", onCancel, { once: true });
    if (signal.aborted) return onCancel();

    if (!assembly || !stream) {
      invoke(transmission, controller.signal).then(succeed, fail);
      return;
    }
    read(transmission, controller.signal, (chunk) => {
      const { delta, progress } = assembly.add(chunk);
      if (progress) {
        firstTokenAt ??= clock.now();
        watch?.progress();
      }
      if (delta) stream.onDelta(delta);
      if (assembly.finishReason && !cancelGrace) {
        watch?.end();
        cancelGrace = clock.after(FINISH_GRACE_MS, () => {
          succeed(assembled(assembly));
          controller.abort();
        });
      }
    }).then(() => succeed(assembled(assembly)), fail);
  });
}

/** The stream failed on the way; what had come until then is kept. */
export class StreamBroken {
  constructor(
    readonly error: unknown,
    readonly partial: Answer,
    readonly firstTokenAt?: number,
  ) {}
}

async function invoke({ chat, messages, options, answerTool }: Transmission, signal: AbortSignal): Promise<Received> {
  const message = (await chat.invoke(messages, { ...options, signal })) as AIMessage;
  return { answer: normaliseAnswer(message, answerTool), finishReason: finishReasonOf(message), message };
}

async function read(
  { chat, messages, options }: Transmission,
  signal: AbortSignal,
  onChunk: (chunk: AIMessageChunk) => void,
): Promise<void> {
  for await (const chunk of await chat.stream(messages, { ...options, signal })) {
    if (signal.aborted) return;
    onChunk(chunk as AIMessageChunk);
  }
}

function silent(kind: "attempt_timeout" | "first_token_timeout" | "stalled_stream", ms: number): ClassifiedFault {
  const what = {
    attempt_timeout: "No whole answer came",
    first_token_timeout: "No token came",
    stalled_stream: "The stream brought nothing",
  }[kind];
  return faultOf("PROVIDER_UNAVAILABLE", kind, "leave", `${what} for ${ms} ms.`);
}
