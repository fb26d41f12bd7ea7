import { type Fault, type Provider, startProvider } from "@armature/testkit/provider";
import type { AIMessageChunk } from "@langchain/core/messages";
import { afterEach, describe, expect, it } from "vitest";
import { openai } from "./openai.js";
import { type ChunkStream, untilUsage } from "./stream-end.js";

type Chunk = ChunkStream extends AsyncIterable<infer One> ? One : never;

const WORDS = "these are all of the words";

let provider: Provider | undefined;
afterEach(() => provider?.close());

async function stream(fault: Fault | undefined) {
  provider = await startProvider({ respond: () => WORDS, faults: () => fault });
  const { chat, callOptions } = openai({ model: "gpt-4.1-mini", baseUrl: provider.url, apiKey: "k" });
  let whole: AIMessageChunk | undefined;
  for await (const chunk of await chat.stream("hi", callOptions({ maxOutputTokens: 50 }))) {
    whole = whole ? whole.concat(chunk as AIMessageChunk) : (chunk as AIMessageChunk);
  }
  const log = provider.log[0];
  return { whole, log, wasOpen: log?.closedByClient === false };
}

describe("a stream of chat completions", () => {
  it.each<[string, Fault | undefined]>([
    ["with its end", undefined],
    ["without [DONE]", { kind: "no_done" }],
    ["without [DONE], its connection open", { kind: "no_done", open: true }],
  ])("%s tells its usage and does not wait", async (_, fault) => {
    const { whole, wasOpen } = await stream(fault);
    expect(whole?.text).toBe(WORDS);
    expect(whole?.usage_metadata?.output_tokens).toBeGreaterThan(0);
    expect(wasOpen).toBe(true);
  });

  it("closes a connection that the server leaves open, and no other", async () => {
    const { log: left } = await stream({ kind: "no_done", open: true });
    await expect.poll(() => left?.closedByClient, { timeout: 10_000 }).toBe(true);
    await provider?.close();
    const { log: ended } = await stream(undefined);
    expect(ended?.closedByClient).toBe(false);
  });
});

it("closes the connection of a call that is cancelled in the midst of its stream", async () => {
  const stalled: Fault = { kind: "stalled_stream", afterTokens: 2 };
  provider = await startProvider({ respond: () => WORDS, faults: () => stalled });
  const { chat } = openai({ model: "gpt-4.1-mini", baseUrl: provider.url, apiKey: "k" });
  const controller = new AbortController();
  const read = async () => {
    for await (const chunk of await chat.stream("hi", { signal: controller.signal })) {
      if (chunk.text !== "") controller.abort();
    }
  };
  await expect(read()).rejects.toThrow();
  await expect.poll(() => provider?.log[0]?.closedByClient, { timeout: 10_000 }).toBe(true);
});

describe("untilUsage", () => {
  const said = { choices: [{ delta: { content: "word" }, finish_reason: null }] } as unknown as Chunk;
  const finish = { choices: [{ delta: {}, finish_reason: "stop" }] } as unknown as Chunk;
  const usage = { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } } as unknown as Chunk;

  /** Gives `chunks` and then hangs until it is aborted. */
  function hanging(chunks: readonly Chunk[]): ChunkStream {
    const controller = new AbortController();
    async function* iterate() {
      yield* chunks;
      await new Promise<void>((resolve) => controller.signal.addEventListener("abort", () => resolve()));
    }
    return { controller, [Symbol.asyncIterator]: iterate };
  }

  async function read(stream: ChunkStream) {
    const chunks: Chunk[] = [];
    for await (const chunk of untilUsage(stream)) chunks.push(chunk);
    return chunks;
  }

  it("gives up on a usage that does not come, and closes the connection", async () => {
    const startedAt = performance.now();
    const open = hanging([said, finish]);
    expect(await read(open)).toEqual([said, finish]);
    expect(open.controller.signal.aborted).toBe(true);
    expect(performance.now() - startedAt).toBeGreaterThan(200);
  });

  it("does not take a running count for the last one", async () => {
    const counted = { ...said, usage: usage.usage } as Chunk;
    expect(await read(hanging([counted, counted, finish, usage]))).toEqual([counted, counted, finish, usage]);
  });

  it("does not take the end of another answer for its end", async () => {
    const other = { choices: [{ index: 1, delta: {}, finish_reason: "stop" }], usage: usage.usage } as unknown as Chunk;
    expect(await read(hanging([said, other, said, finish, usage]))).toEqual([said, other, said, finish, usage]);
  });

  it("closes the connection of a reader who leaves", async () => {
    const open = hanging([said, said]);
    for await (const _ of untilUsage(open)) break;
    expect(open.controller.signal.aborted).toBe(true);
  });
});
