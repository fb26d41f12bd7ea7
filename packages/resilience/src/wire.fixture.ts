import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** What a server does to a connection whose request has come. */
export type Conduct = (socket: Socket) => void;

export interface Wire {
  readonly url: string;
  /** Requests that have come. */
  readonly requests: number;
  /** Connections that are open and have carried a request. */
  readonly busy: number;
  close(): void;
}

/** A provider on the bare socket, for what no HTTP server would let itself be made to say. */
export async function wire(conduct: Conduct): Promise<Wire> {
  const sockets = new Set<Socket>();
  const busy = new Set<Socket>();
  let requests = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => {
      sockets.delete(socket);
      busy.delete(socket);
    });
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      if (!bytes.includes("POST ")) return;
      requests++;
      busy.add(socket);
      conduct(socket);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    get requests() {
      return requests;
    },
    get busy() {
      return busy.size;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

export const STREAM_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

/** One event of a stream of chat completions. */
export function chunk(delta: object, finish: string | null = null, index = 0): string {
  const choices = [{ index, delta, finish_reason: finish }];
  return event({ id: "1", object: "chat.completion.chunk", created: 1, model: "m", choices });
}

export function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

export const USAGE = event({
  id: "1",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices: [],
  usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
});

export const DONE = "data: [DONE]\n\n";

/** A whole response with a body of JSON. */
export function json(body: unknown, status = "200 OK", headers = ""): string {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const length = `Content-Length: ${Buffer.byteLength(text)}\r\n`;
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\n${headers}${length}Connection: close\r\n\r\n${text}`;
}

/** A completion that was not streamed. */
export function completion(message: object, finish: string | null = "stop"): string {
  const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };
  const choices = [{ index: 0, message: { role: "assistant", ...message }, finish_reason: finish }];
  return json({ id: "1", object: "chat.completion", created: 1, model: "m", choices, usage });
}
