import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { systemClock } from "@armature/contracts";
import { type Provider, startProvider, virtualClock } from "@armature/testkit";
import { AIMessageChunk, HumanMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { afterEach, describe, expect, it } from "vitest";
import { providerFetch } from "./provider-fetch.js";
import { Stopped, type Transmission, transmit } from "./transmission.js";

const signal = new AbortController().signal;
const messages = [new HumanMessage("hi")];
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function chat(baseURL: string) {
  return new ChatOpenAI({ model: "m", apiKey: "k", maxRetries: 0, configuration: { baseURL } });
}

const stream = { firstTokenTimeoutMs: 5_000, idleTimeoutMs: 5_000 };

/** A server that takes connections and never says a word, so that no TLS handshake ends. */
async function mute(): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return server;
}

describe("transmit, while it connects", () => {
  it("leaves a route that makes no connection, and owes it nothing", async () => {
    const { port } = (await mute()).address() as AddressInfo;
    const startedAt = Date.now();
    const sent = transmit(
      { chat: chat(`https://127.0.0.1:${port}/v1`), messages, options: {}, timeoutMs: 20_000, connectTimeoutMs: 200 },
      systemClock,
      signal,
    );
    const stopped = await sent.catch((error: unknown) => error);
    expect(stopped).toBeInstanceOf(Stopped);
    expect(stopped).toMatchObject({
      fault: { fault: { kind: "connect_timeout" }, disposition: "leave", billed: false },
    });
    expect(Date.now() - startedAt).toBeLessThan(5_000);
  });

  it("takes a slow answer for no slow connection", async () => {
    const provider: Provider = await startProvider({ respond: () => "late", latencyMs: 500 });
    closers.push(() => provider.close());
    for (const streamed of [undefined, stream]) {
      const { answer } = await transmit(
        { chat: chat(provider.url), messages, options: {}, timeoutMs: 20_000, connectTimeoutMs: 250, stream: streamed },
        systemClock,
        signal,
      );
      expect(answer.text).toBe("late");
    }
  });
});

it.each([undefined, stream])("closes the socket of an answer that its client chokes on, stream %o", async (stream) => {
  let open: Socket | undefined;
  const server = createServer((socket) => {
    open = socket;
    socket.on("error", () => undefined);
    // No web response may have this status: it is never made, and nobody reads the body.
    socket.once("data", () => socket.write("HTTP/1.1 600 Strange\r\nContent-Length: 99\r\n\r\n..."));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    open?.destroy();
    server.close();
  });
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const configuration = { baseURL, fetch: providerFetch };
  const chat = new ChatOpenAI({ model: "m", apiKey: "k", maxRetries: 0, configuration });
  const sent = transmit({ chat, messages, options: {}, timeoutMs: 20_000, stream }, systemClock, signal);
  await expect(sent).rejects.toBeDefined();
  await expect.poll(() => open?.destroyed, { timeout: 10_000 }).toBe(true);
});

describe("transmit, at the end of a stream", () => {
  const text = new AIMessageChunk("word");
  const finish = new AIMessageChunk({ content: "", response_metadata: { finish_reason: "stop" } });
  const usage = new AIMessageChunk({
    content: "",
    usage_metadata: { input_tokens: 3, output_tokens: 1, total_tokens: 4 },
  });

  /** Streams `chunks` and then neither ends nor says anything. */
  function openEnded(chunks: AIMessageChunk[]) {
    let aborted = false;
    const chat = {
      async stream(_: unknown, { signal }: { signal: AbortSignal }) {
        return (async function* () {
          yield* chunks;
          await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
          aborted = true;
        })();
      },
    };
    const clock = virtualClock();
    const transmission = { chat, messages, options: {}, timeoutMs: 60_000, stream } as unknown as Transmission;
    const startedAt = clock.now();
    const received = transmit(transmission, clock, signal).then(({ answer }) => ({
      answer,
      tookMs: clock.now() - startedAt,
    }));
    return { clock, received, isAborted: () => aborted };
  }

  it("finalises as soon as the usage has come, and then gives the connection up", async () => {
    const { clock, received, isAborted } = openEnded([text, finish, usage]);
    await clock.advance(0);
    expect(await received).toMatchObject({ tookMs: 0, answer: { text: "word", usage: { outputTokens: 1 } } });
    expect(isAborted()).toBe(false);
    await clock.advance(250);
    expect(isAborted()).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it("waits a quarter of a second for a usage that does not come", async () => {
    const { clock, received } = openEnded([text, finish]);
    await clock.advance(1_000);
    expect(await received).toMatchObject({ tookMs: 250, answer: { text: "word", finish: "stop" } });
  });
});
