import { ChatOpenAI } from "@langchain/openai";
import OpenAI from "openai";
import { afterEach, describe, expect, test } from "vitest";
import type { Fault } from "./fault.js";
import { type Provider, type ProviderOptions, startProvider } from "./start-provider.js";

const SIXTY = Array.from({ length: 60 }, (_, index) => `w${index}`).join(" ");
let provider: Provider;

afterEach(() => provider.close());

async function start(options: Partial<ProviderOptions> = {}) {
  provider = await startProvider({ respond: () => "hello there", ...options });
  return new OpenAI({ baseURL: provider.url, apiKey: "sk-test", maxRetries: 0 });
}

const ask = (stream: boolean) => ({
  model: "m",
  messages: [{ role: "user" as const, content: "hi" }],
  ...(stream && { stream: true as const, stream_options: { include_usage: true } }),
});

async function streamed(client: OpenAI, signal?: AbortSignal) {
  const stream = await client.chat.completions.create(
    { model: "m", messages: [{ role: "user", content: "hi" }], stream: true, stream_options: { include_usage: true } },
    signal && { signal },
  );
  const seen = { text: "", finish: null as string | null, usage: undefined as number | undefined, calls: "" };
  for await (const chunk of stream) {
    seen.text += chunk.choices[0]?.delta.content ?? "";
    seen.calls += chunk.choices[0]?.delta.tool_calls?.map((call) => call.function?.arguments ?? "").join("") ?? "";
    seen.finish = chunk.choices[0]?.finish_reason ?? seen.finish;
    seen.usage = chunk.usage?.total_tokens ?? seen.usage;
  }
  return seen;
}

async function completed(client: OpenAI) {
  return client.chat.completions.create({ model: "m", messages: [{ role: "user", content: "hi" }] });
}

describe("a healthy provider", () => {
  test("answers the openai client, with usage and without its key in the log", async () => {
    const client = await start({ respond: (request) => `you said ${request.text}` });
    const answer = await completed(client);
    expect(answer.choices[0]?.message.content).toBe("you said hi");
    expect(answer.choices[0]?.finish_reason).toBe("stop");
    expect(answer.usage).toMatchObject({ prompt_tokens: 1, completion_tokens: 3, total_tokens: 4 });
    expect(provider.log).toHaveLength(1);
    expect(provider.log[0]).toMatchObject({
      number: 1,
      model: "m",
      status: 200,
      closedByClient: false,
      body: ask(false),
    });
    expect(JSON.stringify(provider.log)).not.toContain("sk-test");
  });

  test("streams one event a token, the finish reason and the usage", async () => {
    const seen = await streamed(await start({ respond: () => SIXTY }));
    expect(seen).toMatchObject({ text: SIXTY, finish: "stop" });
    expect(seen.usage).toBe(Math.ceil(SIXTY.length / 4) + 1);
    expect(provider.log[0]).toMatchObject({ tokensSent: 60, stream: true, closedByClient: false });
  });

  test("sends tool calls, streamed and not", async () => {
    const client = await start({
      respond: () => ({ toolCalls: [{ name: "look", arguments: { city: "Oslo", days: [1, 2, 3] } }] }),
    });
    const answer = await completed(client);
    expect(answer.choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: { tool_calls: [{ id: "call_1", function: { name: "look" } }] },
    });
    const seen = await streamed(client);
    expect(JSON.parse(seen.calls)).toEqual({ city: "Oslo", days: [1, 2, 3] });
    expect(seen.finish).toBe("tool_calls");
  });

  test("embeds deterministically, near texts nearer", async () => {
    const client = await start();
    const { data } = await client.embeddings.create({
      model: "e",
      input: ["a red fox", "the red fox", "tax forms due"],
      dimensions: 128,
    });
    const [fox, other, tax] = data.map((row) => row.embedding) as [number[], number[], number[]];
    const dot = (a: number[], b: number[]) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
    expect(fox).toHaveLength(128);
    expect(dot(fox, fox)).toBeCloseTo(1, 5);
    expect(dot(fox, other)).toBeGreaterThan(dot(fox, tax) + 0.3);
  });

  test("lists its models, and answers nonsense with 400 and 404", async () => {
    const client = await start({ models: ["m", "n"] });
    const names: string[] = [];
    for await (const model of client.models.list()) names.push(model.id);
    expect(names).toEqual(["m", "n"]);
    const bad = await fetch(`${provider.url}/chat/completions`, { method: "POST", body: "{" });
    expect(bad.status).toBe(400);
    expect((await fetch(`${provider.url}/nothing`)).status).toBe(404);
  });

  test("serves ChatOpenAI: invoke, stream and bound tools", async () => {
    await start({
      respond: (request) =>
        request.body.tools ? { toolCalls: [{ name: "look", arguments: { city: "Oslo" } }] } : "hello there",
    });
    const chat = new ChatOpenAI({ model: "m", apiKey: "k", maxRetries: 0, configuration: { baseURL: provider.url } });
    const answer = await chat.invoke("hi");
    expect(answer.text).toBe("hello there");
    expect(answer.usage_metadata?.total_tokens).toBeGreaterThan(0);
    let text = "";
    for await (const chunk of await chat.stream("hi")) text += chunk.text;
    expect(text).toBe("hello there");
    const tool = {
      type: "function" as const,
      function: { name: "look", parameters: { type: "object", properties: {} } },
    };
    const called = await chat.bindTools([tool]).invoke("hi");
    expect(called.tool_calls?.[0]).toMatchObject({ name: "look", args: { city: "Oslo" } });
  });

  test("sees that a client has left", async () => {
    const client = await start({ latencyMs: 5_000 });
    await expect(streamed(client, AbortSignal.timeout(50))).rejects.toThrow();
    await expect.poll(() => provider.log[0]?.closedByClient).toBe(true);
  });

  test("closes on a waiting client, and says that it was itself", async () => {
    const client = await start({ latencyMs: (_request, attempt) => attempt * 5_000 });
    const answer = completed(client).catch((error: Error) => error);
    await expect.poll(() => provider.log).toHaveLength(1);
    await provider.close();
    expect(await answer).toBeInstanceOf(OpenAI.APIConnectionError);
    expect(provider.log[0]).toMatchObject({ closedByClient: false });
    expect(provider.log[0]?.endedAt).toBeDefined();
  });

  test("answers 500 when its responder throws", async () => {
    const client = await start({
      respond: () => {
        throw new Error("responder broke");
      },
    });
    await expect(completed(client)).rejects.toMatchObject({ status: 500 });
  });
});

describe("faults", () => {
  const broken = (fault: Fault, text = SIXTY) => start({ respond: () => text, faults: () => fault });

  test("status with Retry-After, once and then healthy", async () => {
    const client = await start({
      faults: { m: (_, attempt) => (attempt === 1 ? { kind: "status", status: 429, retryAfter: 2 } : undefined) },
    });
    const error = await completed(client).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ status: 429 });
    expect((error as InstanceType<typeof OpenAI.APIError>).headers?.get("retry-after")).toBe("2");
    expect((await completed(client)).choices[0]?.message.content).toBe("hello there");
    expect(provider.log.map((entry) => entry.status)).toEqual([429, 200]);
  });

  test("reset before headers", async () => {
    await broken({ kind: "reset" });
    const error = await fetch(`${provider.url}/chat/completions`, {
      method: "POST",
      body: JSON.stringify(ask(false)),
    }).catch((cause: Error) => cause);
    expect((error as Error).cause).toMatchObject({ code: "ECONNRESET" });
    expect(provider.log[0]?.status).toBeUndefined();
    expect(provider.log[0]?.closedByClient).toBe(false);
  });

  test("no answer: the client leaves", async () => {
    const client = await broken({ kind: "no_answer" });
    await expect(streamed(client, AbortSignal.timeout(60))).rejects.toThrow();
    await expect.poll(() => provider.log[0]?.closedByClient).toBe(true);
  });

  test("slow first token: head at once", async () => {
    await broken({ kind: "slow_first_token", ms: 150 });
    const startedAt = performance.now();
    const response = await fetch(`${provider.url}/chat/completions`, {
      method: "POST",
      body: JSON.stringify(ask(true)),
    });
    const head = performance.now() - startedAt;
    await response.text();
    expect(head).toBeLessThan(120);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(145);
  });

  test("cut after exactly 40 of 60 tokens", async () => {
    await broken({ kind: "cut_stream", afterTokens: 40 });
    const { text, error } = await readAll(true);
    expect(text).toContain("w39");
    expect(text).not.toContain("w40");
    expect(error).toBe(true);
    expect(provider.log[0]).toMatchObject({ tokensSent: 40, closedByClient: false });
  });

  test.each([undefined, "comment", "empty_delta"] as const)(
    "stall after 20 tokens, heartbeat %s",
    async (heartbeat) => {
      await broken({ kind: "stalled_stream", afterTokens: 20, heartbeatMs: 10, ...(heartbeat && { heartbeat }) });
      const { text, error } = await readAll(true, AbortSignal.timeout(150));
      expect(text).toContain("w19");
      expect(text).not.toContain("w20");
      expect(error).toBe(true);
      expect(text.includes(": keep-alive")).toBe(heartbeat === "comment");
      expect(text.includes('"content":""},"finish_reason":null')).toBe(heartbeat === "empty_delta");
      await expect.poll(() => provider.log[0]?.closedByClient).toBe(true);
    },
  );

  test.each([true, false])("broken chunked encoding, streamed %s", async (stream) => {
    await broken({ kind: "broken_chunking", afterTokens: 5 });
    expect((await readAll(stream)).error).toBe(true);
  });

  test.each([
    [{ kind: "malformed_chunk", at: 10 }, /JSON/],
    [{ kind: "error_body" }, /./],
  ] as [Fault, RegExp][])("%j fails or starves the streaming client", async (fault, message) => {
    const client = await broken(fault);
    const result = await streamed(client).catch((error: Error) => error);
    if (result instanceof Error) expect(result.message).toMatch(message);
    else expect(result).toMatchObject({ text: "", finish: null });
  });

  test("a missing chunk is a hole in the text", async () => {
    const seen = await streamed(await broken({ kind: "missing_chunk", at: 10 }));
    expect(seen).toMatchObject({ text: SIXTY.replace(" w8", ""), finish: "stop" });
  });

  test("no [DONE], no finish reason", async () => {
    await broken({ kind: "no_done" });
    const whole = await readAll(true);
    expect(whole.text).not.toContain("[DONE]");
    expect(whole.text).toContain('"finish_reason":"stop"');
    await provider.close();
    await broken({ kind: "no_finish" });
    const endless = await readAll(true);
    expect(endless.text).toContain("[DONE]");
    expect(endless.text).not.toContain('"finish_reason":"stop"');
  });

  test.each([
    [{ kind: "html_body" }, "<!doctype html>"],
    [{ kind: "empty_choices" }, '"choices":[]'],
    [{ kind: "error_body", code: "overloaded" }, '"code":"overloaded"'],
    [{ kind: "empty_body" }, ""],
  ] as [Fault, string][])("200 with %j", async (fault, content) => {
    await broken(fault);
    for (const stream of [false, true]) {
      const { text, status } = await readAll(stream);
      expect(status).toBe(200);
      expect(text).toContain(content);
      if (content === "") expect(text).toBe("");
    }
  });

  test.each([{ kind: "truncated_body" }, { kind: "malformed_chunk", at: 1 }] as Fault[])(
    "no JSON in %j",
    async (fault) => {
      await broken(fault);
      const { text, error } = await readAll(false);
      expect(error).toBe(false);
      expect(() => JSON.parse(text)).toThrow();
    },
  );

  test("a body that is cut in the middle", async () => {
    await broken({ kind: "cut_stream", afterTokens: 3 });
    expect((await readAll(false)).error).toBe(true);
  });

  async function readAll(stream: boolean, signal?: AbortSignal) {
    const response = await fetch(`${provider.url}/chat/completions`, {
      method: "POST",
      body: JSON.stringify(ask(stream)),
      ...(signal && { signal }),
    });
    let text = "";
    const decoder = new TextDecoder();
    try {
      for await (const part of response.body ?? []) text += decoder.decode(part, { stream: true });
      return { text, error: false, status: response.status };
    } catch {
      return { text, error: true, status: response.status };
    }
  }
});

describe("faults of the model's words", () => {
  const value = { sender: "ann@example.org", urgency: 3, tags: ["a"] };

  async function say(fault: Fault) {
    const client = await start({ respond: () => JSON.stringify(value), faults: () => fault });
    const [choice] = (await completed(client)).choices;
    const stream = await streamed(client);
    expect(stream.text).toBe(choice?.message.content ?? "");
    expect(stream.finish).toBe(choice?.finish_reason);
    return { text: choice?.message.content ?? "", finish: choice?.finish_reason, refusal: choice?.message.refusal };
  }

  test("truncated, by the limit and in silence", async () => {
    const { text, finish } = await say({ kind: "truncated_json" });
    expect(JSON.stringify(value).startsWith(text)).toBe(true);
    expect(() => JSON.parse(text)).toThrow();
    expect(finish).toBe("length");
    await provider.close();
    expect((await say({ kind: "truncated_json", finish: "stop" })).finish).toBe("stop");
  });

  test("prose, wrong types, missing field, fabricated value", async () => {
    const prose = await say({ kind: "prose_around_json" });
    expect(prose.text).toContain(JSON.stringify(value));
    expect(() => JSON.parse(prose.text)).toThrow();
    await provider.close();
    const types = JSON.parse((await say({ kind: "wrong_types" })).text);
    expect(types).toEqual({ sender: 15, urgency: "about 3", tags: 'about ["a"]' });
    await provider.close();
    const missing = JSON.parse((await say({ kind: "missing_field", field: "urgency" })).text);
    expect(missing).toEqual({ sender: "ann@example.org", tags: ["a"] });
    await provider.close();
    const fabricated = JSON.parse((await say({ kind: "fabricated_value", value: "eve@example.org" })).text);
    expect(fabricated).toEqual({ ...value, sender: "eve@example.org" });
  });

  test("refusal, content filter, rewriting", async () => {
    expect(await say({ kind: "refusal", text: "No." })).toEqual({ text: "", finish: "stop", refusal: "No." });
    await provider.close();
    expect((await say({ kind: "refusal", asText: true })).text).toBe("I cannot help with that.");
    await provider.close();
    expect((await say({ kind: "content_filter" })).finish).toBe("content_filter");
    await provider.close();
    expect((await say({ kind: "rewrite", rewrite: (text) => text.toUpperCase() })).text).toContain("ANN@EXAMPLE.ORG");
  });
});
