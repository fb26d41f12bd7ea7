import { ArmatureError, type CallParameters, type Message, type Model } from "@armature/contracts";
import { type Provider, type Reply, startProvider } from "@armature/testkit/provider";
import { AIMessage } from "@langchain/core/messages";
import { afterEach, describe, expect, it } from "vitest";
import { type AnthropicModelOptions, anthropic } from "./anthropic.js";

type Body = Record<string, unknown>;

let provider: Provider | undefined;
afterEach(() => provider?.close());

async function serving(reply: Reply | string, options: Partial<AnthropicModelOptions> = {}): Promise<Model> {
  await provider?.close();
  provider = await startProvider({ respond: () => reply });
  return anthropic({ model: "claude-sonnet-4-5", baseUrl: provider.origin, apiKey: "k", ...options });
}

const sent = (index = 0) => provider?.log[index]?.body as Body;

function ask(
  model: Model,
  parameters: CallParameters,
  messages: readonly Message[] = [{ role: "user", content: "hi" }],
) {
  return model.chat.invoke([...messages] as never, model.callOptions(parameters));
}

async function stream(model: Model, parameters: CallParameters, messages: readonly unknown[] = ["hi"]) {
  const chunks = [];
  for await (const chunk of await model.chat.stream(messages as never, model.callOptions(parameters))) {
    chunks.push(chunk);
  }
  return chunks;
}

const schema = {
  type: "object",
  properties: { a: { type: "string" } },
  required: ["a"],
  additionalProperties: false,
};

describe("anthropic", () => {
  it.each<[string, object, RegExp]>([
    ["no model", {}, /anthropic: options\.model: /],
    ["a field that is none", { model: "claude-sonnet-4-5", baseURL: "http://x.example" }, /"baseURL"/],
    [
      "a temperature that the API does not take",
      { model: "claude-sonnet-4-5", temperature: 2 },
      /options\.temperature: /,
    ],
    ["no options", undefined as never, /anthropic: options/],
  ])("names what is wrong with options that have %s", (_, options, named) => {
    const make = () => anthropic(options as never);
    expect(make).toThrow(named);
    expect(make).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });

  it("sends the bounds and sampling of a single call", async () => {
    const model = await serving("hello", { temperature: 0.9 });
    const message = await ask(model, { maxOutputTokens: 50, temperature: 0, topP: 0.5, seed: 3, stop: ["END"] });
    expect(sent()).toMatchObject({ max_tokens: 50, temperature: 0, stop_sequences: ["END"] });
    for (const key of ["top_p", "seed", "thinking"]) expect(sent()).not.toHaveProperty(key);
    expect(message.text).toBe("hello");
    expect(message.usage_metadata).toMatchObject({ input_tokens: 1, output_tokens: 2 });
    await ask(model, { maxOutputTokens: 50, topP: 0.5 });
    expect(sent(1)).toMatchObject({ top_p: 0.5 });
    expect(sent(1)).not.toHaveProperty("temperature");
    await ask(model, { maxOutputTokens: 50, temperature: 1.5 });
    expect(sent(2)).toMatchObject({ temperature: 1 });
    await ask(model, { maxOutputTokens: 50 });
    expect(sent(3)).toMatchObject({ temperature: 0.9 });
  });

  it("sends no sampling to models that refuse it, nor a bound above what they can", async () => {
    const model = await serving("hello", { model: "claude-opus-4-7", temperature: 0.2 });
    await ask(model, { maxOutputTokens: 1_000_000, temperature: 0, topP: 0.5 });
    expect(sent()).toMatchObject({ max_tokens: 128_000 });
    for (const key of ["temperature", "top_p"]) expect(sent()).not.toHaveProperty(key);
  });

  it("forces a tool for a schema, strictly where model and schema take it", async () => {
    const model = await serving("x");
    const responseSchema = { name: "row", schema };
    await ask(model, { maxOutputTokens: 9, responseSchema });
    expect(sent()).toMatchObject({
      tools: [{ name: "row", input_schema: schema, strict: true }],
      tool_choice: { type: "tool", name: "row", disable_parallel_tool_use: true },
    });
    await ask(model, { maxOutputTokens: 9, responseSchema: { name: "row", schema: { ...schema, minProperties: 1 } } });
    expect(sent(1)).not.toHaveProperty("tools.0.strict");
    const look = { name: "look", description: "Looks.", parameters: { type: "object", properties: {} } };
    await ask(model, { maxOutputTokens: 9, responseSchema, tools: [look] });
    expect(sent(2)).toMatchObject({ tools: [{ name: "look" }, { name: "row" }], tool_choice: { type: "any" } });
    await ask(await serving("x", { model: "claude-3-5-haiku-latest" }), { maxOutputTokens: 9, responseSchema });
    expect(sent()).not.toHaveProperty("tools.0.strict");
  });

  it("asks for the format itself where it is told that the model has one", async () => {
    const model = await serving('{"a":"b"}', { capabilities: { structuredOutput: "native" } });
    await ask(model, { maxOutputTokens: 9, responseSchema: { name: "row", schema } });
    expect(sent()).toMatchObject({ output_config: { format: { type: "json_schema", schema } } });
    expect(sent()).not.toHaveProperty("tool_choice");
  });

  it("asks in words for a schema that no tool can take, after the system prompt", async () => {
    const model = await serving('["a"]');
    const messages: Message[] = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "hi" },
    ];
    const responseSchema = { name: "list", schema: { type: "array", items: { type: "string" } } };
    await ask(model, { maxOutputTokens: 9, responseSchema }, messages);
    expect(sent()).toMatchObject({
      system: [{ text: "Be brief." }, { text: expect.stringContaining('{"type":"array","items":{"type":"string"}}') }],
      messages: [{ role: "user", content: "hi" }],
    });
    expect(sent()).not.toHaveProperty("tools");
    await stream(model, { maxOutputTokens: 9, responseSchema });
    expect(JSON.stringify(sent(1).system)).toContain("array");
  });

  it("refuses a tool that LangChain would leave out in silence", async () => {
    const model = await serving("x");
    const parameters = { anyOf: [schema, { ...schema, title: "other" }] };
    const call = () =>
      model.callOptions({ maxOutputTokens: 9, tools: [{ name: "pick", description: "", parameters }] });
    expect(call).toThrow(/"pick".*one object/);
  });

  it("counts a stream's usage once, with the parts that the prompt cache had", async () => {
    const usage = { inputTokens: 1_000, outputTokens: 40, cachedInputTokens: 700, cacheWriteTokens: 200 };
    const model = await serving({ text: "one two three", usage });
    const expected = {
      input_tokens: 1_000,
      output_tokens: 40,
      total_tokens: 1_040,
      input_token_details: { cache_read: 700, cache_creation: 200 },
    };
    const chunks = await stream(model, { maxOutputTokens: 9 });
    const reported = chunks.filter((chunk) => chunk.usage_metadata);
    expect(reported).toHaveLength(1);
    expect(reported[0]?.usage_metadata).toEqual(expected);
    expect(reported[0]?.additional_kwargs.stop_reason).toBe("end_turn");
    expect(chunks[0]?.response_metadata.model).toBe("claude-sonnet-4-5");
    expect((await ask(model, { maxOutputTokens: 9 })).usage_metadata).toEqual(expected);
  });

  it("keeps the explanation of a refusal, streamed and not", async () => {
    const model = await serving({ refusal: "Not about this." });
    const message = await ask(model, { maxOutputTokens: 9 });
    expect(message.additional_kwargs.refusal).toBe("Not about this.");
    expect(message.response_metadata.stop_reason).toBe("refusal");
    const chunks = await stream(model, { maxOutputTokens: 9 });
    expect(chunks.map((chunk) => chunk.additional_kwargs.refusal).filter(Boolean)).toEqual(["Not about this."]);
  });

  it("continues a prefill that ends in white space, without doubling it", async () => {
    const model = await serving("\n  and the rest");
    const messages = [
      { role: "user", content: "hi" },
      { role: "assistant", content: "The beginning\n " },
    ] as const;
    expect((await ask(model, { maxOutputTokens: 9 }, messages)).text).toBe(" and the rest");
    expect(sent().messages).toEqual([
      { role: "user", content: "hi" },
      { role: "assistant", content: "The beginning" },
    ]);
    const chunks = await stream(model, { maxOutputTokens: 9 }, [...messages]);
    expect(chunks.map(({ text }) => text).join("")).toBe(" and the rest");
    const other = await serving("stays as it is");
    expect((await ask(other, { maxOutputTokens: 9 }, messages)).text).toBe("stays as it is");
    const only = [new AIMessage("  \n")];
    await expect(ask(other, { maxOutputTokens: 9 }, only as never)).resolves.toBeDefined();
  });

  it("knows families by name and takes corrections", () => {
    const of = (model: string, capabilities = {}) => anthropic({ model, apiKey: "k", capabilities }).capabilities;
    expect(of("claude-sonnet-4-5-20250929")).toMatchObject({ maxOutputTokens: 64_000, prefill: true });
    expect(of("claude-opus-4-1-20250805")).toMatchObject({ contextTokens: 200_000, maxOutputTokens: 32_000 });
    expect(of("claude-opus-4-6")).toMatchObject({ contextTokens: 1_000_000, prefill: false });
    expect(of("claude-new")).toMatchObject({ maxOutputTokens: 4_096, prefill: false });
    expect(of("claude-new", { maxOutputTokens: 9_000 }).maxOutputTokens).toBe(9_000);
  });

  it("accepts a base URL with the version, as others of its kind have it", async () => {
    await serving("hello");
    const model = anthropic({ model: "claude-sonnet-4-5", baseUrl: `${provider?.origin}/v1`, apiKey: "k" });
    expect((await ask(model, { maxOutputTokens: 9 })).text).toBe("hello");
  });

  it("refuses to exist without a key or a server", () => {
    const { ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL } = process.env;
    delete process.env.ANTHROPIC_API_KEY;
    delete process.env.ANTHROPIC_BASE_URL;
    try {
      const attempt = () => anthropic({ model: "claude-sonnet-4-5" });
      expect(attempt).toThrow(ArmatureError);
      expect(attempt).toThrow(/ANTHROPIC_API_KEY/);
    } finally {
      if (ANTHROPIC_API_KEY !== undefined) process.env.ANTHROPIC_API_KEY = ANTHROPIC_API_KEY;
      if (ANTHROPIC_BASE_URL !== undefined) process.env.ANTHROPIC_BASE_URL = ANTHROPIC_BASE_URL;
    }
  });
});
