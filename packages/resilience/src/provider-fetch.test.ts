import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { Agent, getGlobalDispatcher, MockAgent, setGlobalDispatcher } from "undici";
import { afterEach, expect, it, vi } from "vitest";
import { classifyFault } from "./fault.js";
import { providerFetch } from "./provider-fetch.js";

const servers: Server[] = [];
const nodeFetch = globalThis.fetch;
const dispatcher = getGlobalDispatcher();

afterEach(() => {
  globalThis.fetch = nodeFetch;
  setGlobalDispatcher(dispatcher);
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function post(url: string, init: RequestInit = {}) {
  return providerFetch(url, { method: "POST", body: '{"model":"m"}', ...init });
}

it("sends what it is given and gives back status, headers and body", async () => {
  const url = await serve(async (request, response) => {
    const [body] = (await request.toArray()) as Buffer[];
    response.writeHead(201, { "content-type": "application/json", "x-request-id": "r1" });
    response.end(JSON.stringify({ method: request.method, key: request.headers.authorization, body: String(body) }));
  });
  const response = await post(url, { headers: new Headers({ Authorization: "Bearer k" }) });
  expect(response.status).toBe(201);
  expect(response.headers.get("X-Request-Id")).toBe("r1");
  expect(await response.json()).toEqual({ method: "POST", key: "Bearer k", body: '{"model":"m"}' });
});

it("gives a body that has come in every form in which somebody may ask for it", async () => {
  const url = await serve((_, response) => response.setHeader("content-type", "application/json").end('{"a":"ä"}'));
  const response = await post(url);
  expect(await response.text()).toBe('{"a":"ä"}');
  expect(await response.clone().json()).toEqual({ a: "ä" });
  expect(Buffer.from(await (await post(url)).arrayBuffer()).toString()).toBe('{"a":"ä"}');
  const blob = await (await post(url)).blob();
  expect([blob.type, await blob.text()]).toEqual(["application/json", '{"a":"ä"}']);
  expect(await new Response((await post(url)).body).json()).toEqual({ a: "ä" });
});

it("rejects as a client expects where JSON was said and none came", async () => {
  const url = await serve((_, response) => response.setHeader("content-type", "application/json").end("<html>"));
  await expect((await post(url)).json()).rejects.toThrow(SyntaxError);
});

it.each<[string, Record<string, string>]>([
  ["as events", { "content-type": "text/event-stream; charset=utf-8" }],
  ["in capitals", { "content-type": "Text/Event-Stream" }],
  ["as text", { "content-type": "text/plain" }],
  ["as nothing", {}],
])("gives a stream as it comes, sent %s", async (_, headers) => {
  let goOn: (() => void) | undefined;
  const url = await serve((_, response) => {
    response.writeHead(200, headers);
    response.write("data: first\n\n");
    goOn = () => response.end("data: second\n\n");
  });
  const reader = (await post(url)).body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toBe("data: first\n\n");
  goOn?.();
  expect((await reader.read()).value).toBe("data: second\n\n");
  expect((await reader.read()).done).toBe(true);
});

it.each([
  ["gzip", gzipSync],
  ["GZIP", gzipSync],
  ["x-gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
] as const)("reads a body that comes as %s without being asked", async (encoding, compress) => {
  const asked = vi.fn();
  const url = await serve((request, response) => {
    asked(request.headers["accept-encoding"]);
    response.writeHead(200, { "content-type": "application/json", "content-encoding": encoding });
    response.end(compress('{"a":1}'));
  });
  expect(await (await post(url)).json()).toEqual({ a: 1 });
  expect(asked).toHaveBeenCalledWith("identity");
});

it.each<[string, RequestListener]>([
  [
    "a compressed body breaks off",
    (_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
      response.end(gzipSync('{"a":1}').subarray(0, 15));
    },
  ],
  [
    "a body is no longer in chunks",
    ({ socket }) => {
      const head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
      socket.write(`${head}2\r\n: \r\n`);
      setTimeout(() => socket.end("no size\r\n"), 20);
    },
  ],
])("rejects as for a broken connection where %s", async (_, answer) => {
  const error = await (await post(await serve(answer))).text().catch((thrown: unknown) => thrown);
  expect(classifyFault(error).fault).toMatchObject({ code: "PROVIDER_UNAVAILABLE", kind: "connection_reset" });
});

it("follows a redirect with the whole request", async () => {
  const url = await serve(async (request, response) => {
    if (request.url !== "/there") return void response.writeHead(307, { location: "/there" }).end("moved");
    response.end(Buffer.concat((await request.toArray()) as Buffer[]));
  });
  expect(await (await post(`${url}/here`)).text()).toBe('{"model":"m"}');
});

it("keeps the status of an error whose body breaks off", async () => {
  const url = await serve((_, response) => {
    response.writeHead(503, { "content-length": 100, "retry-after": "2" });
    response.write("half");
    setTimeout(() => response.destroy(), 20);
  });
  const response = await post(url);
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "2"]);
  await expect(response.text()).rejects.toThrow();
});

it("gives a response without a body where there can be none", async () => {
  const url = await serve((_, response) => void response.writeHead(204).end());
  const response = await post(url);
  expect([response.status, response.body]).toEqual([204, null]);
});

it.each([
  ["before the answer", () => undefined],
  [
    "within the body",
    (response) =>
      response.writeHead(200, { "content-type": "application/json", "content-length": 100 }).write('{"half'),
  ],
] satisfies [string, (response: Parameters<RequestListener>[1]) => unknown][])(
  "closes its socket when it is aborted %s",
  async (_, begin) => {
    let socket: Socket | undefined;
    const controller = new AbortController();
    const url = await serve((request, response) => {
      begin(response);
      socket = request.socket;
      setTimeout(() => controller.abort(), 10);
    });
    await expect(post(url, { signal: controller.signal })).rejects.toMatchObject({ name: "AbortError" });
    // Its error, where the client resets it, is no failure of the test.
    await expect.poll(() => socket?.destroyed, { timeout: 10_000 }).toBe(true);
  },
);

it("says so where no connection was made in time", async () => {
  setGlobalDispatcher(
    new Agent({
      connect: (_, done) => done(Object.assign(new Error("Timeout"), { code: "UND_ERR_CONNECT_TIMEOUT" }), null),
    }),
  );
  await expect(post("http://127.0.0.1:1")).rejects.toMatchObject({
    message: "No connection was made.",
    code: "UND_ERR_CONNECT_TIMEOUT",
  });
});

it("goes through the dispatcher that is set for the process", async () => {
  const proxy = new MockAgent();
  proxy.disableNetConnect();
  proxy.get("http://models.invalid").intercept({ path: "/v1", method: "POST" }).reply(200, "by proxy");
  setGlobalDispatcher(proxy);
  expect(await (await post("http://models.invalid/v1")).text()).toBe("by proxy");
});

it("asks a fetch that somebody has put in the place of Node's", async () => {
  globalThis.fetch = async (input, init) => new Response(`${input} ${init?.method}`);
  expect(await (await post("http://nowhere.invalid/v1")).text()).toBe("http://nowhere.invalid/v1 POST");
});

it("leaves what is no text to Node's fetch", async () => {
  const url = await serve(async (request, response) => {
    response.end(`${request.headers["content-type"]?.split(";")[0]}`);
  });
  const body = new FormData();
  body.set("file", new Blob(["x"]));
  expect(await (await post(url, { body })).text()).toBe("multipart/form-data");
});
