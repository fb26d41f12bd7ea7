import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { chatCompletions } from "./chat-completions.js";
import type { ChatRequest } from "./chat-request.js";
import type { Dialect } from "./dialect.js";
import type { EmbeddingFaultSource } from "./embedding-fault.js";
import { embeddingsBody, readEmbeddingRequest } from "./embeddings.js";
import { type Faults, faultSource } from "./fault-plan.js";
import { messagesApi } from "./messages-api.js";
import { parseJson, publicHeaders, readText } from "./received.js";
import { completeReply, type Responder } from "./reply.js";
import type { SeenAttempt } from "./seen-attempt.js";
import { sendAnswer } from "./send-answer.js";
import { sendInstead, sendJson } from "./send-body.js";
import { Transmission } from "./transmission.js";
import { cutConnection, sendBody } from "./wire.js";

export interface ProviderOptions {
  /** What the model says. A responder that throws answers with status 500 and its message. */
  readonly respond: Responder;
  readonly faults?: Faults;
  readonly embeddingFaults?: EmbeddingFaultSource;
  /** What `GET /v1/models` lists; any model name is served. */
  readonly models?: readonly string[];
  /** Milliseconds before an answer begins; 0 by default. `attemptNumber` counts as it does for faults. */
  readonly latencyMs?: number | ((request: ChatRequest, attemptNumber: number) => number);
  /** Milliseconds before each streamed token; 0 by default. */
  readonly tokenDelayMs?: number;
  /** Length of embedding vectors where the request names none; 64 by default. */
  readonly dimensions?: number;
}

export interface Provider {
  /** The base URL that OpenAI clients take; ends in `/v1`. */
  readonly url: string;
  /** The base URL that Anthropic clients take: without a path. */
  readonly origin: string;
  readonly port: number;
  /** Every request that was seen, in order of arrival. */
  readonly log: readonly SeenAttempt[];
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

const EMBEDDINGS = "/v1/embeddings";
const DIALECTS: readonly Dialect[] = [chatCompletions, messagesApi];

/**
 * Starts a provider on a free loopback port: OpenAI's chat completions and embeddings, Anthropic's Messages API, and a
 * list of models.
 */
export async function startProvider(options: ProviderOptions): Promise<Provider> {
  const log: SeenAttempt[] = [];
  const counts = new Map<string, number>();
  const running = new Set<Transmission>();

  /** How many requests of this kind there were for the model, this one included. */
  function count(kind: string, model: string): number {
    const number = (counts.get(`${kind} ${model}`) ?? 0) + 1;
    counts.set(`${kind} ${model}`, number);
    return number;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = parseJson(await readText(request));
    const [path = ""] = (request.url ?? "").split("?");
    const dialect = DIALECTS.find((one) => one.path === path);
    const chat = dialect?.read(body);
    const embedding = path === EMBEDDINGS ? readEmbeddingRequest(body) : undefined;
    const attemptNumber = chat ? count("chat", chat.model) : embedding ? count("embedding", embedding.model) : 0;
    const chatFault = chat && faultSource(options.faults, chat.model)?.(chat, attemptNumber);
    const embeddingFault = embedding && options.embeddingFaults?.(embedding, attemptNumber);
    const fault = chatFault ?? embeddingFault;
    const model = (body as { model?: unknown } | undefined)?.model;
    const entry: SeenAttempt = {
      number: log.length + 1,
      method: request.method ?? "",
      path,
      model: typeof model === "string" ? model : "",
      stream: chat?.stream ?? false,
      body,
      headers: publicHeaders(request),
      ...(fault && { fault }),
      startedAt: Date.now(),
      tokensSent: 0,
      closedByClient: false,
    };
    log.push(entry);
    const transmission = new Transmission(response, entry);
    running.add(transmission);
    response.on("close", () => running.delete(transmission));
    if (dialect && chat) {
      const { latencyMs = 0 } = options;
      return sendAnswer(transmission, {
        dialect,
        identity: { number: entry.number, startedAt: entry.startedAt, model: chat.model },
        request: chat,
        reply: completeReply(await options.respond(chat), chat),
        fault: chatFault,
        latencyMs: typeof latencyMs === "function" ? latencyMs(chat, attemptNumber) : latencyMs,
        tokenDelayMs: options.tokenDelayMs ?? 0,
      });
    }
    if (!embedding) return transmission.finish(() => answerOther(entry, response, options, dialect));
    if (embeddingFault?.kind === "no_answer" || sendInstead(transmission, embeddingFault, chatCompletions)) return;
    const vectors = embeddingsBody(embedding, options.dimensions ?? 64, embeddingFault);
    return sendJson(transmission, vectors, embeddingFault);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return response.socket?.destroy();
      const dialect = DIALECTS.find((one) => request.url?.startsWith(one.path)) ?? chatCompletions;
      return sendBody(response, 500, JSON.stringify(dialect.error(500, "responder", String(error))));
    });
  });
  // Small streamed parts must not wait for each other, and an idle connection must outlive a client's keep-alive.
  server.on("connection", (socket) => socket.setNoDelay(true));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    url: `${origin}/v1`,
    origin,
    port,
    log,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const transmission of running) transmission.finish(() => cutConnection(transmission.response));
        server.closeAllConnections();
      }),
  };
}

function answerOther(
  entry: SeenAttempt,
  response: ServerResponse,
  options: ProviderOptions,
  dialect: Dialect | undefined,
): void {
  if (entry.method === "GET" && entry.path === "/v1/models") {
    const data = (options.models ?? []).map((id) => ({ id, object: "model", created: 0, owned_by: "testkit" }));
    entry.status = 200;
    sendBody(response, 200, JSON.stringify({ object: "list", data }));
    return;
  }
  const known = dialect !== undefined || entry.path === EMBEDDINGS;
  const message = known ? "The body is not a request of this endpoint." : `Unknown path ${entry.path}.`;
  entry.status = known ? 400 : 404;
  const error = (dialect ?? chatCompletions).error(entry.status, "invalid_request_error", message);
  sendBody(response, entry.status, JSON.stringify(error));
}
