import type { Answer, Clock } from "@armature/contracts";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { AIMessage, AIMessageChunk, BaseMessage } from "@langchain/core/messages";
import { finishReasonOf, normaliseAnswer } from "./answer.js";
import type { ToolDelta } from "./call-event.js";
import { ConnectWatch } from "./connect-watch.js";
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
  readonly connectTimeoutMs?: number | undefined;
  readonly stream?: StreamWatch | undefined;
}

interface StreamWatch {
  readonly firstTokenTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** Before anything of the answer is passed on. It may abort a signal of the transmission. */
  onFirstToken?: (() => unknown) | undefined;
  /**
   * The next piece of text; `isAnew` where the answer begins with it and what came before was none of it. A fault that it
   * returns ends the stream.
   */
  onDelta?: ((text: string, isAnew: boolean) => ClassifiedFault | undefined) | undefined;
  /** The next piece of a call that the model asks for. */
  onToolDelta?: ((delta: ToolDelta) => void) | undefined;
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

/** The stream failed on the way; what had come until then is kept. */
export class StreamBroken {
  constructor(
    readonly error: unknown,
    readonly partial: Answer,
    readonly firstTokenAt?: number,
  ) {}
}

/**
 * Sends one attempt and waits for its whole answer, no longer than its times allow. Rejects with what the model threw,
 * or with {@link Stopped}. Whatever ends it also aborts the request, so that its socket closes.
 */
export function transmit(transmission: Transmission, clock: Clock, ...signals: AbortSignal[]): Promise<Received> {
  return new Promise((resolve, reject) => {
    const { stream, timeoutMs, connectTimeoutMs, answerTool } = transmission;
    if (signals.some(({ aborted }) => aborted)) return reject(new Stopped(cancelled(false)));
    const controller = new AbortController();
    const assembly = stream && new StreamAssembly(answerTool);
    let firstTokenAt: number | undefined;
    let isOver = false;
    let cancelGrace: (() => void) | undefined;

    function end(): void {
      isOver = true;
      cancelTimeout();
      connect?.end();
      silence?.end();
      for (const signal of signals) signal.removeEventListener("abort", onCancel);
    }
    function stop(fault: ClassifiedFault): void {
      if (isOver) return;
      end();
      cancelGrace?.();
      reject(new Stopped(fault, assembly?.partial(), firstTokenAt));
      controller.abort();
    }
    function onCancel(): void {
      stop(cancelled(true));
    }
    function succeed(received: Received): void {
      if (isOver) return;
      end();
      resolve(received);
    }
    function fail(error: unknown): void {
      if (isOver) return;
      end();
      reject(assembly ? new StreamBroken(error, assembly.partial(), firstTokenAt) : error);
      // What made the model throw may have left the rest of the body unread.
      controller.abort();
    }

    const cancelTimeout = clock.after(timeoutMs, () => stop(silent("attempt_timeout", timeoutMs)));
    const connect =
      connectTimeoutMs === undefined
        ? undefined
        : new ConnectWatch(clock, connectTimeoutMs, () => stop(silent("connect_timeout", connectTimeoutMs)));
    const silence =
      stream &&
      new SilenceWatch(clock, stream.firstTokenTimeoutMs, stream.idleTimeoutMs, (kind) =>
        stop(silent(kind, kind === "stalled_stream" ? stream.idleTimeoutMs : stream.firstTokenTimeoutMs)),
      );
    for (const signal of signals) signal.addEventListener("abort", onCancel, { once: true });

    if (!assembly || !stream) {
      const send = () => invoke(transmission, controller.signal);
      (connect ? connect.run(send) : send()).then(succeed, fail);
      return;
    }

    const assembled = (): Received => ({
      answer: assembly.answer(),
      finishReason: assembly.finishReason,
      firstTokenAt,
    });
    const onChunk = (chunk: AIMessageChunk) => {
      if (isOver) return;
      const { delta, isAnew, toolDeltas, progress, isExcess } = assembly.add(chunk);
      if (isExcess) return stop(excess());
      if (progress) {
        if (firstTokenAt === undefined) {
          firstTokenAt = clock.now();
          stream.onFirstToken?.();
          if (isOver) return;
        }
        silence?.progress();
      }
      const fault = delta === "" ? undefined : stream.onDelta?.(delta, isAnew);
      if (fault) return stop(fault);
      for (const toolDelta of toolDeltas) stream.onToolDelta?.(toolDelta);
      if (assembly.finishReason === undefined) return;
      silence?.end();
      // The connection gets the same time to end by itself, so that it can serve the next request.
      cancelGrace ??= clock.after(FINISH_GRACE_MS, () => {
        succeed(assembled());
        controller.abort();
      });
      if (assembly.isComplete) succeed(assembled());
    };
    const send = () => read(transmission, controller.signal, onChunk);
    (connect ? connect.run(send) : send()).then(
      () => {
        cancelGrace?.();
        succeed(assembled());
      },
      (error: unknown) => {
        cancelGrace?.();
        fail(error);
      },
    );
  });
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

function cancelled(sent: boolean): ClassifiedFault {
  return faultOf("CANCELLED", "cancelled", "cancelled", "The attempt was cancelled.", sent);
}

function excess(): ClassifiedFault {
  const message = "The stream went on after its finish reason.";
  return faultOf("PROVIDER_UNAVAILABLE", "malformed_chunk", "retry", message);
}

const SILENT = {
  attempt_timeout: "No whole answer came",
  connect_timeout: "No connection was made",
  first_token_timeout: "No token came",
  stalled_stream: "The stream brought nothing",
} as const;

function silent(kind: keyof typeof SILENT, ms: number): ClassifiedFault {
  const message = `${SILENT[kind]} for ${ms} ms.`;
  return faultOf("PROVIDER_UNAVAILABLE", kind, "leave", message, kind !== "connect_timeout");
}
