import { pipeline, Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { type Dispatcher, request } from "undici";
import { wholeResponse } from "./whole-response.js";

const CONNECT_TIMEOUT = "UND_ERR_CONNECT_TIMEOUT";

/** What stood here as this module was loaded; a test or a tracer may put its own in its place later, and is then asked. */
const nodeFetch = globalThis.fetch;

/**
 * A fetch for the client of a provider, for a fraction of the CPU of Node's: it sends through undici, which Node's stands
 * on, with its connections, its ten seconds to connect, its global dispatcher and its diagnostics channels, and leaves
 * out what the web platform asks for and a client of a provider does not. Where no connection was made, what it throws
 * says so: clients take every timeout for one of an answer that may be billed, and drop the reason; an error in whose
 * words there is no time they pass on as it is.
 *
 * What is no text sent to an address, and what is redirected, goes through Node's fetch.
 */
export const providerFetch: typeof fetch = async (input, init = {}) => {
  const { body = null } = init;
  const isPlain = typeof input === "string" && (body === null || typeof body === "string");
  try {
    if (!isPlain || globalThis.fetch !== nodeFetch) return await fetch(input, init);
    const answer = await send(input, init, body as string | null);
    if (!isRedirect(answer)) return await responseOf(answer);
    await answer.body.dump();
    return await fetch(input, init);
  } catch (error) {
    const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
    if (code !== CONNECT_TIMEOUT && cause?.code !== CONNECT_TIMEOUT) throw error;
    throw Object.assign(new Error("No connection was made."), { code: CONNECT_TIMEOUT });
  }
};

function send(url: string, { method = "GET", headers, signal }: RequestInit, body: string | null) {
  const sent: Record<string, string> = { accept: "*/*", "accept-encoding": "identity" };
  for (const [name, value] of headers instanceof Headers ? headers : new Headers(headers)) sent[name] = value;
  return request(url, {
    method: method.toUpperCase() as Dispatcher.HttpMethod,
    headers: sent,
    body,
    signal: signal ?? null,
  });
}

function isRedirect({ statusCode, headers }: Dispatcher.ResponseData): boolean {
  return statusCode >= 300 && statusCode < 400 && headers.location !== undefined;
}

/** The statuses with which a response may have no body. */
const BARE = new Set([204, 205, 304]);

async function responseOf({ statusCode: status, headers, body }: Dispatcher.ResponseData): Promise<Response> {
  const init = {
    status,
    headers: Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]),
  };
  if (BARE.has(status)) {
    await body.dump();
    return new Response(null, init);
  }
  const encoding = headers["content-encoding"];
  // A web stream for a body that is read whole costs more than the body. Some servers stream under another type than that
  // of events, or under none. Of an error the status counts, even where the body breaks off.
  const isWhole = status < 300 && encoding === undefined && /\bjson\b/i.test(String(headers["content-type"]));
  if (isWhole) return wholeResponse(await body.text(), init);
  return new Response(Readable.toWeb(decoded(body, encoding)) as ReadableStream, init);
}

const DECODERS: { readonly [encoding: string]: () => NodeJS.ReadWriteStream } = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

// Nothing is asked for but the text itself; some servers compress it all the same.
function decoded(body: Readable, encoding: string | string[] | undefined): Readable {
  const decoder = DECODERS[String(encoding).toLowerCase()];
  // An error of either reaches who reads, through the stream that is returned.
  return decoder ? (pipeline(body, decoder(), () => undefined) as unknown as Readable) : body;
}
