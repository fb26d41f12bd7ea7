import type { ChatRequest } from "./chat-request.js";
import type { FullReply } from "./reply.js";

/** What every part of one answer carries. */
export interface AnswerIdentity {
  /** The place of the request in the provider's log. */
  readonly number: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly model: string;
}

/** One server-sent event; `token` marks those that carry text. */
export interface StreamEvent {
  readonly name?: string;
  readonly data: string;
  readonly token: boolean;
}

/** How one provider family spells requests, answers and errors. What breaks is the same for all. */
export interface Dialect {
  /** Under which path its chat requests arrive. */
  readonly path: string;
  /** Reads a body; `undefined` when it is not a chat request. */
  read(body: unknown): ChatRequest | undefined;
  /** The body of an answer that is not streamed. */
  body(identity: AnswerIdentity, reply: FullReply): Record<string, unknown>;
  /** The events of a streamed answer in order; the last one says that it is complete. */
  events(identity: AnswerIdentity, reply: FullReply, request: ChatRequest): StreamEvent[];
  /** A body, or an event's data, without anything that the model said; `undefined` for an event that goes altogether. */
  withoutContent(data: Record<string, unknown>): Record<string, unknown> | undefined;
  /** A body without the part that holds what the model said. */
  withoutMessage(body: Record<string, unknown>): Record<string, unknown>;
  /** The body of an error; code and message of its own for the status where none are given. */
  error(status: number, code?: string, message?: string): Record<string, unknown>;
  /** An error that comes in the middle of a stream; an overload where no code is given. */
  errorEvent(code?: string, message?: string): StreamEvent;
  /** The status of an overload. */
  readonly overloaded: number;
  /** What it says when a prompt does not fit. */
  readonly tooLong: { readonly code: string; readonly message: string };
  /** What keeps a stream alive without bringing it further. */
  heartbeat(kind: "comment" | "empty_delta", identity: AnswerIdentity): string;
}

/** An event as it is written into a stream. */
export function wireEvent({ name, data }: Pick<StreamEvent, "name" | "data">): string {
  return `${name === undefined ? "" : `event: ${name}\n`}data: ${data}\n\n`;
}
