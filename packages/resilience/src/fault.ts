import { ArmatureError, type AttemptFault, type FailureCode } from "@armature/contracts";
import { type ErrorFacts, errorFacts } from "./error-facts.js";

/**
 * What a fault leads to.
 *
 * - `retry`: the same route may answer in a moment;
 * - `anew`: the same route, at once, without the text that it refused to continue;
 * - `leave`: the route is silent; try the next one, and this one again only where there is no other;
 * - `failover`: this route will not answer, another may;
 * - `larger`: only a model with a larger window can answer;
 * - `stop`: no route will answer this request;
 * - `cancelled`: nobody waits for the answer any more.
 */
export type Disposition = "retry" | "anew" | "leave" | "failover" | "larger" | "stop" | "cancelled";

export interface ClassifiedFault {
  readonly fault: AttemptFault;
  readonly disposition: Disposition;
  /** `false` where the provider has surely not run the model, so that nothing was billed. */
  readonly billed: boolean;
  readonly cause?: unknown;
}

/** Brings any error of an attempt into one form. `now` (epoch milliseconds) is what dates in Retry-After are held against. */
export function classifyFault(error: unknown, now: number = Date.now()): ClassifiedFault {
  if (ArmatureError.isInstance(error)) return ownFault(error);
  const facts = errorFacts(error, now);
  return (
    byReason(facts, error) ??
    byStatus(facts, error) ??
    byNetwork(facts, error) ??
    byShape(facts, error) ??
    fault("PROVIDER_UNAVAILABLE", "unknown", "retry", facts, error)
  );
}

/** A fault that was found without an error of the provider: a timeout, an answer that is none. */
export function faultOf(
  code: FailureCode,
  kind: string,
  disposition: Disposition,
  message: string,
  billed = true,
): ClassifiedFault {
  return { fault: { code, kind, message }, disposition, billed };
}

function ownFault(error: ArmatureError): ClassifiedFault {
  const { details } = error.facts;
  const kind = typeof details?.kind === "string" ? details.kind : error.code.toLowerCase();
  const disposition =
    error.code === "PROVIDER_UNAVAILABLE" ? "retry" : error.code === "CANCELLED" ? "cancelled" : "stop";
  const status = typeof details?.status === "number" ? { status: details.status } : undefined;
  return {
    fault: { code: error.code, kind, message: error.message, ...status },
    disposition,
    billed: true,
    cause: error,
  };
}

function fault(
  code: FailureCode,
  kind: string,
  disposition: Disposition,
  facts: ErrorFacts,
  cause: unknown,
  billed = facts.status === undefined,
): ClassifiedFault {
  const { message, status, retryAfterMs } = facts;
  return {
    fault: { code, kind, message, ...(status && { status }), ...(retryAfterMs !== undefined && { retryAfterMs }) },
    disposition,
    billed,
    cause,
  };
}

const CONTEXT = /context_length_exceeded|context window|context length|prompt is too long|input tokens exceed/i;
const FILTER = /content_filter|content_policy|content management policy|responsibleai/i;

/** The provider's own code says more than the status: a 400 may be a filter, a 429 an empty account. */
function byReason(facts: ErrorFacts, error: unknown): ClassifiedFault | undefined {
  const { status, code, type, message, name } = facts;
  // Only where the request was at fault: a 5xx may quote anything.
  const mine = status === undefined || (status >= 400 && status < 500);
  if (mine && (code === "context_length_exceeded" || name === "ContextOverflowError" || CONTEXT.test(message))) {
    return fault("CONTEXT_TOO_LONG", "context_length", "larger", facts, error, false);
  }
  if (mine && (FILTER.test(code) || FILTER.test(type) || (status === 400 && FILTER.test(message)))) {
    return fault("CONTENT_FILTERED", "content_filter", "stop", facts, error);
  }
  if (code === "insufficient_quota" || type === "insufficient_quota" || status === 402 || isOutOfCredit(facts)) {
    return fault("PROVIDER_UNAVAILABLE", "quota", "failover", facts, error);
  }
  // Inside a stream, where the status was 200 already.
  if (status === undefined && (code === "rate_limit_exceeded" || type === "rate_limit_error")) {
    return fault("PROVIDER_UNAVAILABLE", "rate_limit", "retry", facts, error);
  }
  if (type === "overloaded_error") return fault("PROVIDER_UNAVAILABLE", "overloaded", "retry", facts, error);
  if (status === undefined && /^(api_error|server_error|timeout_error)$/.test(type || code)) {
    return fault("PROVIDER_UNAVAILABLE", "server_error", "retry", facts, error);
  }
  return undefined;
}

// Anthropic says so with a plain 400.
function isOutOfCredit({ status, message }: ErrorFacts): boolean {
  return status === 400 && /credit balance is too low/i.test(message);
}

/**
 * Statuses below 500 with which a server tells of a trouble of its own: too slow, busy with the same, the model failed
 * (text-generation-inference, Bedrock), too early, the caller has left (gateways, whose caller has not).
 */
const PASSING = new Set([408, 409, 424, 425, 499]);

function byStatus(facts: ErrorFacts, error: unknown): ClassifiedFault | undefined {
  const { status } = facts;
  if (status === undefined || status < 300) return undefined;
  // One that a client follows leads on by itself; this one would lead nowhere the next time either.
  if (status < 400) return fault("PROVIDER_REJECTED", "redirect", "failover", facts, error);
  if (status === 429) return fault("PROVIDER_UNAVAILABLE", "rate_limit", "retry", facts, error);
  if (status === 401) return fault("PROVIDER_REJECTED", "authentication", "stop", facts, error);
  if (status === 403) return fault("PROVIDER_REJECTED", "permission", "stop", facts, error);
  // A model that was retired here; the next route asks for another.
  if (status === 404 || status === 410) return fault("PROVIDER_REJECTED", "not_found", "failover", facts, error);
  if (status === 413) return fault("CONTEXT_TOO_LONG", "request_too_large", "larger", facts, error);
  if (PASSING.has(status)) return fault("PROVIDER_UNAVAILABLE", "server_error", "retry", facts, error);
  if (status === 400 || status === 422) return fault("PROVIDER_REJECTED", "bad_request", "stop", facts, error);
  // What this server does not do (a method, a protocol, a country) says nothing about the next.
  if (status < 500) return fault("PROVIDER_REJECTED", "refused", "failover", facts, error);
  const kind = status === 503 || status === 529 ? "overloaded" : "server_error";
  return fault("PROVIDER_UNAVAILABLE", kind, "retry", facts, error);
}

// Nothing was sent on these, so that nothing was billed.
const UNREACHED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

// Node's codes of a TLS handshake that fails on the server's certificate, or meets no TLS at all.
const UNTRUSTED = /CERT|LEAF_SIGNATURE|WRONG_VERSION_NUMBER/;

function byNetwork(facts: ErrorFacts, error: unknown): ClassifiedFault | undefined {
  const { systemCode, name, message } = facts;
  // Node's fetch has followed twenty already.
  if (isRedirectLoop(error)) return fault("PROVIDER_REJECTED", "redirect", "failover", facts, error, false);
  if (systemCode && (UNREACHED.has(systemCode) || UNTRUSTED.test(systemCode) || isOfAllAddresses(error))) {
    return fault("PROVIDER_UNAVAILABLE", "unreachable", "retry", facts, error, false);
  }
  if (systemCode === "UND_ERR_CONNECT_TIMEOUT") {
    return fault("PROVIDER_UNAVAILABLE", "connect_timeout", "leave", facts, error, false);
  }
  if (systemCode?.includes("TIMEOUT") || systemCode === "ETIMEDOUT" || name.includes("Timeout")) {
    return fault("PROVIDER_UNAVAILABLE", "timeout", "leave", facts, error);
  }
  if (
    systemCode ||
    name === "APIConnectionError" ||
    name === "HTTPParserError" ||
    /\bterminated|socket|network|premature close|fetch failed/i.test(message)
  ) {
    return fault("PROVIDER_UNAVAILABLE", "connection_reset", "retry", facts, error);
  }
  return undefined;
}

/** Node tries the addresses of a name one after the other; where it reaches none, its error is of this class. */
function isOfAllAddresses(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof AggregateError) return true;
  }
  return false;
}

function isRedirectLoop(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.message === "redirect count exceeded") return true;
  }
  return false;
}

/** Chat models that stumble over the body of a 200 throw bare errors of the language. */
function byShape(facts: ErrorFacts, error: unknown): ClassifiedFault | undefined {
  if (facts.name === "SyntaxError") return fault("PROVIDER_UNAVAILABLE", "malformed_body", "retry", facts, error);
  if (facts.name === "TypeError" && /undefined|null/.test(facts.message)) {
    return fault("PROVIDER_UNAVAILABLE", "empty_choices", "retry", facts, error);
  }
  return undefined;
}
