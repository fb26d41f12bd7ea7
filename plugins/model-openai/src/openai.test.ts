import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ArmatureError, type CallParameters } from "@armature/contracts";
import { normaliseAnswer } from "@armature/resilience";
import { afterEach, describe, expect, it } from "vitest";
import { openai } from "./openai.js";

type Body = Record<string, unknown>;

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that answers every request with `reply` and hands the request bodies back. */
async function answering(reply: string, type = "application/json"): Promise<{ baseUrl: string; seen: Body[] }> {
  const seen: Body[] = [];
  server = createServer(async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    seen.push(JSON.parse(text));
    response.setHeader("content-type", type).end(reply);
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, seen };
}

function completion(message: Body, finish = "stop"): string {
  return JSON.stringify({
    id: "c1",
    object: "chat.completion",
    model: "gpt-4.1-mini-2025-04-14",
    service_tier: "flex",
    choices: [{ index: 0, message: { role: "assistant", content: null, ...message }, finish_reason: finish }],
    usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
  });
}

const schema = {
  type: "object",
  properties: { a: { type: "string" } },
  required: ["a"],
  additionalProperties: false,
};

async function ask(model: ReturnType<typeof openai>, parameters: CallParameters) {
  return model.chat.invoke([{ role: "user", content: "hi" }], model.callOptions(parameters) as object);
}

describe("openai", () => {
  it("sends the bounds and sampling of a single call", async () => {
    const { baseUrl, seen } = await answering(completion({ content: "hello" }));
    const model = openai({ model: "gpt-4.1-mini", baseUrl, apiKey: "k", temperature: 1 });
    const message = await ask(model, { maxOutputTokens: 50, temperature: 0, topP: 0.5, seed: 3, stop: ["END"] });
    expect(seen[0]).toMatchObject({ max_tokens: 50, temperature: 0, top_p: 0.5, seed: 3, stop: ["END"] });
    expect(message.text).toBe("hello");
    expect(message).toMatchObject({
      usage_metadata: { input_tokens: 7, output_tokens: 3 },
      response_metadata: { service_tier: "flex" },
    });
  });

  it("spells the bound of reasoning models their way, without sampling", async () => {
    const { baseUrl, seen } = await answering(completion({ content: "hello" }));
    await ask(openai({ model: "gpt-5-mini", baseUrl, apiKey: "k" }), { maxOutputTokens: 50, temperature: 0 });
    expect(seen[0]).toMatchObject({ max_completion_tokens: 50 });
    expect(seen[0]).not.toHaveProperty("max_tokens");
    expect(seen[0]).not.toHaveProperty("temperature");
  });

  it.each(["openai/o3", "azure/o4-mini", "openai/gpt-5.1:online", "GPT-5-nano", "ft:o4-mini-2025-04-16:acme::id"])(
    "knows that %s is one of them",
    async (name) => {
      const { baseUrl, seen } = await answering(completion({ content: "hello" }));
      const model = openai({ model: name, baseUrl, apiKey: "k", temperature: 1 });
      await ask(model, { maxOutputTokens: 50, topP: 0.5 });
      expect(seen[0]).toMatchObject({ model: name, max_completion_tokens: 50 });
      for (const other of ["max_tokens", "temperature", "top_p"]) expect(seen[0]).not.toHaveProperty(other);
      expect(model.capabilities).toMatchObject({ structuredOutput: "native", tools: true });
    },
  );

  it.each(["openai/gpt-4.1", "openai/gpt-5-chat-latest", "gpt-4o-o3", "mistral/solo1", "ollama/gpt-oss:20b"])(
    "and that %s is none",
    async (name) => {
      const { baseUrl, seen } = await answering(completion({ content: "hello" }));
      await ask(openai({ model: name, baseUrl, apiKey: "k" }), { maxOutputTokens: 50, temperature: 0 });
      expect(seen[0]).toMatchObject({ model: name, max_tokens: 50, temperature: 0 });
    },
  );

  it("asks for a schema strictly only where strict mode takes it", async () => {
    const { baseUrl, seen } = await answering(completion({ content: "{}" }));
    const model = openai({ model: "gpt-4.1", baseUrl, apiKey: "k" });
    await ask(model, { maxOutputTokens: 9, responseSchema: { name: "row", schema } });
    await ask(model, { maxOutputTokens: 9, responseSchema: { name: "row", schema: { ...schema, required: [] } } });
    expect(seen[0]?.response_format).toEqual({
      type: "json_schema",
      json_schema: { name: "row", schema, strict: true },
    });
    expect(seen[1]?.response_format).not.toHaveProperty("json_schema.strict");
  });

  it("forces a tool where the model has no response format", async () => {
    const { baseUrl, seen } = await answering(completion({ content: "x" }));
    const model = openai({ model: "gpt-4", baseUrl, apiKey: "k" });
    await ask(model, { maxOutputTokens: 9, responseSchema: { name: "row", schema } });
    expect(seen[0]).toMatchObject({
      tools: [{ function: { name: "row" } }],
      tool_choice: { type: "function", function: { name: "row" } },
    });
  });

  it("keeps the text and usage of an answer that is not the JSON it was asked for", async () => {
    const { baseUrl } = await answering(completion({ content: "Sure! {" }, "length"));
    const model = openai({ model: "gpt-4.1", baseUrl, apiKey: "k" });
    const message = await ask(model, { maxOutputTokens: 9, responseSchema: { name: "row", schema } });
    expect(message.text).toBe("Sure! {");
    expect(message.response_metadata.finish_reason).toBe("length");
  });

  it("keeps the refusal and the raw arguments of tool calls, also where they are no JSON", async () => {
    const call = (args: string) => ({ id: "t1", type: "function", function: { name: "f", arguments: args } });
    const model = (baseUrl: string) => openai({ model: "gpt-4.1", baseUrl, apiKey: "k" });
    const good = await answering(completion({ refusal: "No.", tool_calls: [call('{"n": 1.0}')] }, "tool_calls"));
    const message = await ask(model(good.baseUrl), { maxOutputTokens: 9 });
    expect(message.additional_kwargs).toMatchObject({ refusal: "No.", tool_calls: [call('{"n": 1.0}')] });
    server?.close();
    const bad = await answering(completion({ tool_calls: [call('{"n": 1.0')] }, "tool_calls"));
    const cut = await ask(model(bad.baseUrl), { maxOutputTokens: 9 });
    expect(cut.invalid_tool_calls).toMatchObject([{ id: "t1", name: "f", args: '{"n": 1.0' }]);
  });

  it("reads arguments that come as an object instead of its text", async () => {
    const call = { id: "t1", type: "function", function: { name: "f", arguments: { n: 1 } } };
    const { baseUrl } = await answering(completion({ tool_calls: [call] }, "tool_calls"));
    const message = await ask(openai({ model: "gpt-4.1", baseUrl, apiKey: "k" }), { maxOutputTokens: 9 });
    expect(normaliseAnswer(message).toolCalls).toEqual([{ id: "t1", name: "f", argumentsText: '{"n":1}' }]);
  });

  it.each([
    ["html_body", "<html>Bad gateway</html>", "text/html"],
    ["empty_body", "", "text/plain"],
    ["empty_choices", '{"choices":[]}', "application/json"],
    ["error_body", '{"error":{"message":"overloaded"}}', "application/json"],
  ])("says %s where the body of a 200 is no completion", async (kind, reply, type) => {
    const { baseUrl } = await answering(reply, type);
    const error = await ask(openai({ model: "gpt-4.1", baseUrl, apiKey: "k" }), { maxOutputTokens: 9 }).catch((e) => e);
    expect(ArmatureError.isInstance(error) && error.toFailure()).toMatchObject({
      code: "PROVIDER_UNAVAILABLE",
      details: { kind, status: 200 },
    });
  });

  it("knows families by name and takes corrections", () => {
    expect(openai({ model: "gpt-4.1-2025-04-14", apiKey: "k" }).capabilities.contextTokens).toBe(1_047_576);
    expect(openai({ model: "gpt-4-0613", apiKey: "k" }).capabilities.structuredOutput).toBe("tool");
    expect(openai({ model: "qwen3", apiKey: "k" }).capabilities.structuredOutput).toBe("prompt");
    expect(openai({ model: "qwen3", apiKey: "k", capabilities: { tools: true } }).capabilities.tools).toBe(true);
  });

  it("refuses to exist without a key or a server", () => {
    const { OPENAI_API_KEY, OPENAI_BASE_URL } = process.env;
    delete process.env.OPENAI_API_KEY;
    delete process.env.OPENAI_BASE_URL;
    try {
      expect(() => openai({ model: "gpt-4.1" })).toThrow(/OPENAI_API_KEY/);
    } finally {
      if (OPENAI_API_KEY !== undefined) process.env.OPENAI_API_KEY = OPENAI_API_KEY;
      if (OPENAI_BASE_URL !== undefined) process.env.OPENAI_BASE_URL = OPENAI_BASE_URL;
    }
  });
});

it("names every field of its options that is wrong", () => {
  const make = () => openai({ modl: "gpt-4.1", baseURL: 5 } as never);
  expect(make).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  for (const field of ["openai: options.model: ", '"modl"', '"baseURL"']) expect(make).toThrow(field);
  expect(() => openai(undefined as never)).toThrow(/^openai: options: /);
});
