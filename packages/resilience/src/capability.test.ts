import { afterEach, describe, expect, it } from "vitest";
import { asModel } from "./as-model.js";
import { call, kinds, messages, model, parameters, provider, serve, WORDS } from "./call.fixture.js";

afterEach(() => provider.close());

describe("callModel and what models can do", () => {
  it("takes the arguments of a forced answer tool for the text of the answer", async () => {
    await serve(undefined, {
      respond: () => ({ toolCalls: [{ name: "row", arguments: '{"a":1}' }], finish: "tool_calls" }),
    });
    const { chat } = model("primary").model;
    const forced = {
      route: "primary",
      model: asModel(chat, { capabilities: { structuredOutput: "tool", tools: true } }),
    };
    const plan = {
      ladder: [forced],
      parameters: { ...parameters, responseSchema: { name: "row", schema: { type: "object" } } },
    };
    for (const streamed of [false, true]) {
      const { result } = await call({ plan, streamed });
      expect(result).toMatchObject({ ok: true, answer: { text: '{"a":1}', toolCalls: [], finish: "stop" } });
    }
  });

  it("passes over models that do not take images", async () => {
    await serve(undefined);
    const seeing = model("backup");
    const eye = { route: "eye", model: asModel(seeing.model.chat, { capabilities: { vision: true } }) };
    const image = { type: "image_url" as const, image_url: { url: "data:image/png;base64,AA==" } };
    const { result } = await call({
      plan: { ladder: [model("primary"), eye], messages: [{ role: "user", content: [image] }] },
    });
    expect(kinds(result)).toEqual(["eye:answered"]);
  });

  it("asks no model for a stream that cannot, whether the chat model says so or its facts", async () => {
    await serve(undefined);
    const { chat } = model("primary").model;
    const told = asModel(chat, { capabilities: { streaming: false } });
    const known = asModel(chat);
    expect(known.capabilities.streaming).toBe(false);
    for (const one of [told, known]) {
      const { result, delivered } = await call({ plan: { ladder: [{ route: "one", model: one }] }, streamed: true });
      expect(kinds(result)).toEqual(["one:answered"]);
      expect(delivered).toBe(WORDS);
    }
    expect(provider.log.map(({ stream }) => stream)).toEqual([false, false]);
  });

  it("sends tool turns back as they were", async () => {
    await serve(undefined);
    const toolCalls = [{ id: "t1", name: "f", argumentsText: '{"n":1}' }];
    await call({
      plan: {
        messages: [
          ...messages,
          { role: "assistant", content: "", toolCalls },
          { role: "tool", toolCallId: "t1", name: "f", content: "2" },
        ],
      },
    });
    expect(provider.log[0]?.body).toMatchObject({
      messages: [
        { role: "user", content: "hi" },
        { role: "assistant", tool_calls: [{ id: "t1", function: { name: "f", arguments: '{"n":1}' } }] },
        { role: "tool", tool_call_id: "t1", content: "2" },
      ],
    });
  });
});
