/**
 * One way in which a provider misbehaves. The first group breaks the transport, the second the protocol, the third the
 * words of the model while everything around them is in order.
 */
export type Fault = TransportFault | ProtocolFault | ContentFault;

export type TransportFault =
  /** The connection is reset after the request was read, before any byte of the answer. */
  | { readonly kind: "reset" }
  /** The request is read and nothing ever comes back. */
  | { readonly kind: "no_answer" }
  /** Head at once, first token after `ms` milliseconds. Not streamed: the whole answer after `ms`. */
  | { readonly kind: "slow_first_token"; readonly ms: number }
  /** The connection closes after `afterTokens` tokens. Not streamed: in the middle of the body. */
  | { readonly kind: "cut_stream"; readonly afterTokens: number }
  /**
   * Nothing useful comes after `afterTokens` tokens, and the connection stays open. `heartbeat` keeps it looking alive,
   * every `heartbeatMs` milliseconds (50 by default), with deltas without text, or with what the family sends so that
   * a connection is not closed: SSE comments, on the Messages API `ping` events.
   */
  | {
      readonly kind: "stalled_stream";
      readonly afterTokens: number;
      readonly heartbeat?: "comment" | "empty_delta";
      readonly heartbeatMs?: number;
    }
  /** A chunk size that is not hexadecimal stands in the chunked encoding after `afterTokens` tokens. */
  | { readonly kind: "broken_chunking"; readonly afterTokens: number };

export type ProtocolFault =
  /**
   * An HTTP error in the form of the family, whose own code and message stand where none is given. `retryAfter` is sent
   * as the header: seconds, or a date as text.
   */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly retryAfter?: number | string;
      readonly code?: string;
      readonly message?: string;
    }
  /** The prompt does not fit: status 400 in the words of the family. */
  | { readonly kind: "context_length" }
  /**
   * An error event stands in the stream after `afterTokens` tokens and ends it; an overload unless `code` says
   * otherwise. Not streamed: the status of an overload, 503 or on the Messages API 529.
   */
  | {
      readonly kind: "error_event";
      readonly afterTokens: number;
      readonly code?: string;
      readonly message?: string;
    }
  /** The `at`-th event of the stream (1 for the first) is cut JSON. Not streamed: the body is no JSON. */
  | { readonly kind: "malformed_chunk"; readonly at: number }
  /** The `at`-th event of the stream (1 for the first) never comes. Not streamed: the message is missing. */
  | { readonly kind: "missing_chunk"; readonly at: number }
  /** The stream is complete but for its end: `[DONE]`, or `message_stop`. `open` leaves the connection open. Not streamed: no fault. */
  | { readonly kind: "no_done"; readonly open?: boolean }
  /** The stream ends regularly, without a finish reason. Not streamed: the finish reason is null. */
  | { readonly kind: "no_finish" }
  /** 200 with `choices: []`, or `content: []`. */
  | { readonly kind: "empty_choices" }
  /** 200 with a body of no bytes. */
  | { readonly kind: "empty_body" }
  /** 200 with an error object where the answer should be. */
  | { readonly kind: "error_body"; readonly code?: string; readonly message?: string }
  /** A proxy's HTML page; status 200 unless told. */
  | { readonly kind: "html_body"; readonly status?: number }
  /** The HTTP body ends in the middle of its JSON, with a content length that agrees. */
  | { readonly kind: "truncated_body" };

export type ContentFault =
  /** The model's JSON ends early: by its token limit (`length`, the default), or silently (`stop`). */
  | { readonly kind: "truncated_json"; readonly finish?: "length" | "stop" }
  /** The model wraps its JSON in talk and a fence. */
  | { readonly kind: "prose_around_json" }
  /** Numbers, booleans and lists become strings, strings become numbers. `field` limits it to one key. */
  | { readonly kind: "wrong_types"; readonly field?: string }
  /** A key of the JSON is left out: `field`, or the last one. */
  | { readonly kind: "missing_field"; readonly field?: string }
  /** A string of the JSON is replaced by an invented one: `field`, or the first string. */
  | { readonly kind: "fabricated_value"; readonly field?: string; readonly value?: string }
  /**
   * The provider's `refusal` field, on the Messages API the stop reason `refusal` with an explanation; `asText` refuses
   * in plain words instead.
   */
  | { readonly kind: "refusal"; readonly text?: string; readonly asText?: boolean }
  /** The finish reason is `content_filter`, on the Messages API `refusal`, after half of the text. */
  | { readonly kind: "content_filter" }
  /** Whatever else a model may say instead of `text`. */
  | { readonly kind: "rewrite"; readonly rewrite: (text: string) => string };

export type FaultKind = Fault["kind"];
