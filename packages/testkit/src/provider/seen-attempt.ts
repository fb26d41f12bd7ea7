import type { EmbeddingFault } from "./embedding-fault.js";
import type { Fault } from "./fault.js";

/** One request that the provider saw. The entry stands in the log as soon as its body is read, and fills up. */
export interface SeenAttempt {
  /** 1 for the first request that this provider saw on any path. */
  readonly number: number;
  readonly method: string;
  /** `/v1/chat/completions`, `/v1/messages`, `/v1/embeddings`, `/v1/models`. */
  readonly path: string;
  /** The model that was asked for; the empty string where none was. */
  readonly model: string;
  readonly stream: boolean;
  /** The parsed body, `undefined` where it was no JSON. */
  readonly body: unknown;
  /** The request's headers without `authorization`, `api-key` and `x-api-key`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly fault?: Fault | EmbeddingFault;
  /** Epoch milliseconds, when the request had been read. */
  readonly startedAt: number;
  /** HTTP status that was sent, absent where none was. */
  status?: number;
  /** Epoch milliseconds, when the first text or tool call, or the body of another answer, was sent. */
  firstTokenAt?: number;
  /** Tokens of text that were sent in a stream. */
  tokensSent: number;
  /** Epoch milliseconds, when the answer was complete, broken off, or left by the client. */
  endedAt?: number;
  /** Whether the client closed the connection before the answer was complete or broken off. */
  closedByClient: boolean;
}
