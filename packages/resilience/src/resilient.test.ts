import { ArmatureError } from "@armature/contracts";
import { type Faults, type Provider, type Responder, startProvider, virtualClock } from "@armature/testkit";
import { type AIMessageChunk, HumanMessage } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { asModel } from "./as-model.js";
import { resilient } from "./resilient.js";

let provider: Provider;
afterEach(() => provider.close());

async function serve(faults: Faults, respond: Responder = ({ model, text }) => `${model} heard ${text}`) {
  provider = await startProvider({ respond, faults });
}

function chat(model: string, options: { readonly streamUsage?: boolean } = {}) {
  const configuration = { baseURL: provider.url };
  return new ChatOpenAI({ model, apiKey: "k", maxRetries: 0, configuration, ...options });
}

const fast = { backoff: { baseMs: 1, maxMs: 2 } };

describe("resilient", () => {
  it("answers through a chain although the primary is down", async () => {
    await serve({ primary: () => ({ kind: "status", status: 503 }) });
    const model = resilient(chat("primary"), { ...fast, fallbacks: [chat("backup")] });
    const chain = ChatPromptTemplate.fromTemplate("hello {name}").pipe(model).pipe(new StringOutputParser());
    expect(await chain.invoke({ name: "Ada" })).toBe("backup heard hello Ada");
    expect(provider.log.map(({ model }) => model)).toEqual(["primary", "primary", "primary", "backup"]);
  });

  it("keeps usage, finish reason and tool calls of the message that answered", async () => {
    await serve({ primary: (_, attempt) => (attempt === 1 ? { kind: "reset" } : undefined) }, () => ({
      toolCalls: [{ name: "weather", arguments: { city: "Paris" } }],
      usage: { inputTokens: 11, outputTokens: 5 },
    }));
    const weather = tool(() => "sunny", { name: "weather", description: "", schema: z.object({ city: z.string() }) });
    const message = await resilient(chat("primary"), fast).bindTools!([weather]).invoke("weather?");
    expect(message.tool_calls).toMatchObject([{ name: "weather", args: { city: "Paris" } }]);
    expect(message.usage_metadata).toMatchObject({ input_tokens: 11, output_tokens: 5 });
    expect(message.response_metadata.finish_reason).toBe("tool_calls");
    expect(provider.log[1]?.body).toMatchObject({ tools: [{ function: { name: "weather" } }] });
  });

  it.each(["verified", "live"] as const)("gives what a schema asks for, %s delivery", async (delivery) => {
    await serve({ primary: () => ({ kind: "status", status: 503 }) }, () => ({
      toolCalls: [{ name: "extract", arguments: { city: "Paris" } }],
    }));
    const model = resilient(chat("primary"), { ...fast, fallbacks: [chat("backup")], delivery });
    const city = model.withStructuredOutput(z.object({ city: z.string() }));
    expect(await city.invoke("Capital of France?")).toEqual({ city: "Paris" });
  });

  it("streams what it has verified", async () => {
    await serve({ primary: () => ({ kind: "cut_stream", afterTokens: 1 }) });
    const model = resilient(chat("primary"), { ...fast, fallbacks: [chat("backup")] });
    let text = "";
    for await (const chunk of await model.stream([new HumanMessage("hi")])) text += chunk.text;
    expect(text).toBe("backup heard hi");
    for (const { body } of provider.log) expect(body).not.toMatchObject({ stream: true });
  });

  it.each([
    ["with", true],
    ["without", false],
  ])("waits for nothing behind the end of a stream %s its usage", async (_, streamUsage) => {
    await serve({});
    // Nobody moves this clock: a stream that waits for a usage after its end would never be whole.
    const clock = virtualClock();
    const model = resilient(chat("primary", { streamUsage }), { ...fast, delivery: "live", clock });
    let whole: AIMessageChunk | undefined;
    for await (const chunk of await model.stream("hi")) whole = whole ? whole.concat(chunk) : chunk;
    expect(whole).toMatchObject({ text: "primary heard hi", response_metadata: { finish_reason: "stop" } });
    expect(whole?.usage_metadata !== undefined).toBe(streamUsage);
    expect(clock.pending).toBe(0);
    expect(provider.log[0]?.body).toMatchObject({ stream: true });
  });

  it("streams live what comes, and goes on with the model that continues it", async () => {
    await serve({ primary: () => ({ kind: "cut_stream", afterTokens: 2 }) }, ({ messages }) =>
      messages.at(-1)?.role === "assistant" ? " on the backup" : "one two three",
    );
    const backup = asModel(chat("backup"), { capabilities: { prefill: true } });
    const model = resilient(chat("primary"), { ...fast, retries: 0, fallbacks: [backup], delivery: "live" });
    const chunks: string[] = [];
    let whole: AIMessageChunk | undefined;
    for await (const chunk of await model.stream("hi")) {
      chunks.push(chunk.text);
      whole = whole ? whole.concat(chunk) : chunk;
    }
    expect(chunks.filter((text) => text !== "")).toEqual(["one", " two", " on", " the", " backup"]);
    expect(whole?.usage_metadata?.output_tokens).toBeGreaterThan(0);
    expect(whole?.response_metadata.finish_reason).toBe("stop");
  });

  it("throws rather than stop silently when live text cannot be gone on with", async () => {
    await serve({ primary: () => ({ kind: "cut_stream", afterTokens: 2 }) }, ({ model }) => `${model} says this`);
    const model = resilient(chat("primary"), { ...fast, fallbacks: [chat("backup")], delivery: "live" });
    let text = "";
    const reading = async () => {
      for await (const chunk of await model.stream("hi")) text += chunk.text;
    };
    const error = await reading().catch((caught: unknown) => caught);
    expect(ArmatureError.isInstance(error) && error.toFailure()).toMatchObject({
      code: "PROVIDER_UNAVAILABLE",
      details: { deliveredChars: "primary says".length },
    });
    expect(text).toBe("primary says");
  });

  it("streams live tool calls when they are whole", async () => {
    await serve({}, () => ({ toolCalls: [{ name: "weather", arguments: { city: "Paris" } }] }));
    const weather = tool(() => "sunny", { name: "weather", description: "", schema: z.object({ city: z.string() }) });
    const model = resilient(chat("primary"), { ...fast, delivery: "live" }).bindTools!([weather]);
    let whole: AIMessageChunk | undefined;
    for await (const chunk of await model.stream("weather?")) whole = whole ? whole.concat(chunk) : chunk;
    expect(whole?.tool_calls).toMatchObject([{ name: "weather", args: { city: "Paris" } }]);
  });

  it("closes the socket of a live stream that nobody reads to its end", async () => {
    await serve({ "*": () => ({ kind: "stalled_stream", afterTokens: 2 }) });
    const model = resilient(chat("primary"), { ...fast, delivery: "live" });
    for await (const chunk of await model.stream("hi")) if (chunk.text !== "") break;
    await expect.poll(() => provider.log[0]?.closedByClient).toBe(true);
  });

  it("takes a prompt that is too long to the next model, and images to one that sees", async () => {
    await serve({ primary: () => ({ kind: "context_length" }) });
    const model = resilient(chat("primary"), { ...fast, fallbacks: [chat("backup")] });
    expect((await model.invoke("hi")).text).toBe("backup heard hi");
    const blind = asModel(chat("blind"), { capabilities: { vision: false } });
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
    const seen = await resilient(blind, { ...fast, fallbacks: [chat("seeing")] }).invoke([
      new HumanMessage({ content: [{ type: "text", text: "what?" }, image] }),
    ]);
    expect(seen.text).toBe("seeing heard what?");
  });

  it("throws an error with a code, its cause and what was tried", async () => {
    await serve({ "*": () => ({ kind: "status", status: 400, message: "bad temperature" }) });
    const error = await resilient(chat("primary"), { ...fast, fallbacks: [chat("backup")] })
      .invoke("hi")
      .catch((caught: unknown) => caught);
    expect(ArmatureError.isInstance(error) && error.toFailure()).toMatchObject({
      code: "PROVIDER_REJECTED",
      message: expect.stringContaining("bad temperature"),
      details: { attempts: ["1 1:primary: bad_request"] },
    });
  });

  it("remembers between calls which model is down", async () => {
    await serve({ primary: () => ({ kind: "status", status: 503 }) });
    const model = resilient(chat("primary"), { ...fast, fallbacks: [chat("backup")] });
    for (let round = 0; round < 6; round++) await model.invoke("hi");
    expect(provider.log.filter(({ model }) => model === "primary").length).toBeLessThanOrEqual(9);
  });

  it("ends with the caller's signal", async () => {
    await serve({ "*": () => ({ kind: "no_answer" }) });
    const caller = new AbortController();
    const answer = resilient(chat("primary"), fast).invoke("hi", { signal: caller.signal });
    const refused = expect(answer).rejects.toThrow();
    await expect.poll(() => provider.log.length).toBe(1);
    caller.abort();
    await refused;
    await expect.poll(() => provider.log[0]?.closedByClient).toBe(true);
  });
});
