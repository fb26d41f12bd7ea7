import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type ChatRequest, readChatRequest } from "./chat-request.js";
import { embeddingsBody } from "./embeddings.js";
import { type Faults, faultSource } from "./fault-plan.js";
import { completeReply, type Responder } from "./reply.js";
import type { SeenAttempt } from "./seen-attempt.js";
import { sendAnswer } from "./send-answer.js";
import { Transmission } from "./transmission.js";
import { cutConnection, sendBody } from "./wire.js";

export interface ProviderOptions {
  /** What the model says. A responder that throws answers with status 500 and its message. */
  readonly respond: Responder;
  readonly faults?: Faults;
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
  readonly port: number;
  /** Every request that was seen, in order of arrival. */
  readonly log: readonly SeenAttempt[];
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

const SECRET_HEADERS = new Set(["authorization", "api-key", "x-api-key"]);

/** Starts an OpenAI-compatible provider on a free loopback port: chat completions, embeddings and a list of models. */
export async function startProvider(options: ProviderOptions): Promise<Provider> {
  const log: SeenAttempt[] = [];
  const chatCounts = new Map<string, number>();
  const running = new Set<Transmission>();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = parseJson(await readText(request));
    const [path = ""] = (request.url ?? "").split("?");
    const chat = path === "/v1/chat/completions" ? readChatRequest(body) : undefined;
    const model = (body as { model?: unknown } | undefined)?.model;
    const attemptNumber = chat ? (chatCounts.get(chat.model) ?? 0) + 1 : 0;
    if (chat) chatCounts.set(chat.model, attemptNumber);
    const fault = chat && faultSource(options.faults, chat.model)?.(chat, attemptNumber);
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
    if (!chat) return transmission.finish(() => answerOther(entry, response, options));
    const { latencyMs = 0 } = options;
    await sendAnswer(transmission, {
      identity: { id: `chatcmpl-${entry.number}`, created: Math.floor(entry.startedAt / 1000), model: chat.model },
      request: chat,
      reply: completeReply(await options.respond(chat), chat),
      fault,
      latencyMs: typeof latencyMs === "function" ? latencyMs(chat, attemptNumber) : latencyMs,
      tokenDelayMs: options.tokenDelayMs ?? 0,
    });
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return response.socket?.destroy();
      return sendBody(
        response,
        500,
        JSON.stringify({ error: { message: String(error), type: "responder", code: null } }),
      );
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
  return {
    url: `http://127.0.0.1:${port}/v1`,
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

function answerOther(entry: SeenAttempt, response: ServerResponse, options: ProviderOptions): void {
  const [status, body] = otherAnswer(entry, options);
  entry.status = status;
  sendBody(response, status, JSON.stringify(body));
}

function otherAnswer(entry: SeenAttempt, options: ProviderOptions): [status: number, body: Record<string, unknown>] {
  if (entry.method === "GET" && entry.path === "/v1/models") {
    const data = (options.models ?? []).map((id) => ({ id, object: "model", created: 0, owned_by: "testkit" }));
    return [200, { object: "list", data }];
  }
  if (entry.path === "/v1/embeddings" && typeof entry.body === "object" && entry.body !== null) {
    return [200, embeddingsBody(entry.body as Record<string, unknown>, options.dimensions ?? 64)];
  }
  const known = entry.path === "/v1/chat/completions" || entry.path === "/v1/embeddings";
  const message = known ? "The body is not a request of this endpoint." : `Unknown path ${entry.path}.`;
  return [known ? 400 : 404, { error: { message, type: "invalid_request_error", param: null, code: null } }];
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function publicHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers)
      .filter(([name]) => !SECRET_HEADERS.has(name))
      .map(([name, value]) => [name, String(value)]),
  );
}
