import { retryAfterMs } from "./retry-after.js";

/** What the errors of OpenAI-compatible and Anthropic clients, of fetch and of Node have in common. */
export interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  readonly status?: number;
  /** The provider's error code; empty where it gives none. */
  readonly code: string;
  /** The provider's error type; empty where it gives none. */
  readonly type: string;
  /** Node's code of a failed system call, wherever in the chain of causes it is. */
  readonly systemCode?: string;
  readonly retryAfterMs?: number;
}

type Bag = Record<string, unknown>;

export function errorFacts(error: unknown, now: number): ErrorFacts {
  if (!isBag(error)) return { name: typeof error, message: String(error), code: "", type: "" };
  // Anthropic's client keeps the whole body, whose own `error` holds the reason.
  const body = isBag(error.error) ? error.error : undefined;
  const reason = body && isBag(body.error) ? body.error : body;
  const status = typeof error.status === "number" ? error.status : undefined;
  const systemCode = systemCodeOf(error);
  const wait = retryAfterMs(error.headers, now);
  return {
    name: nameOf(error),
    message: cleanMessage(error),
    code: text(reason?.code) || (systemCode ? "" : text(error.code)),
    type: text(reason?.type) || text(error.type),
    ...(status !== undefined && { status }),
    ...(systemCode && { systemCode }),
    ...(wait !== undefined && { retryAfterMs: wait }),
  };
}

// The openai client's classes are all named "Error"; their constructors tell them apart.
function nameOf(error: Bag): string {
  const name = text(error.name);
  return name && name !== "Error" ? name : (error.constructor?.name ?? "Error");
}

// LangChain appends an address for its own troubleshooting pages; it says nothing about this fault.
function cleanMessage(error: Bag): string {
  const message = text(error.message) || "no message";
  const cut = message.indexOf("\n\nTroubleshooting URL:");
  return withoutKeys(cut === -1 ? message : message.slice(0, cut));
}

/** Providers quote the key that they did not like; it shall not get into records. */
export function withoutKeys(message: string): string {
  return message.replace(/\b(?:sk|pk|key)-[\w*-]{8,}|\bBearer \S+/g, "[key]");
}

// Of the calls themselves, of undici, of a compressed body that ends early, and of certificates, which have no beginning in
// common.
const SYSTEM_CODE = /^(E[A-Z_]+|UND_ERR_\w+|Z_BUF_ERROR|[A-Z_]*(CERT|SIGNATURE)[A-Z_]*)$/;

function systemCodeOf(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < 5 && isBag(current); depth++) {
    if (typeof current.code === "string" && SYSTEM_CODE.test(current.code)) return current.code;
    current = current.cause;
  }
  return undefined;
}

function isBag(value: unknown): value is Bag {
  return typeof value === "object" && value !== null;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
