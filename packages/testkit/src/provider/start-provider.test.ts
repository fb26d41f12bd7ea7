import { ChatOpenAI } from "@langchain/openai";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { ask, completed, SIXTY, streamed, useProvider } from "./provider.fixture.js";

const run = useProvider();

describe("a healthy provider", () => {
  test("answers the openai client, with usage and without its key in the log", async () => {
    const client = await run.start({ respond: (request) => `you said ${request.text}` });
    const answer = await completed(client);
    expect(answer.choices[0]?.message.content).toBe("you said hi");
    expect(answer.choices[0]?.finish_reason).toBe("stop");
    expect(answer.usage).toMatchObject({ prompt_tokens: 1, completion_tokens: 3, total_tokens: 4 });
    expect(run.provider.log).toHaveLength(1);
    expect(run.provider.log[0]).toMatchObject({
      number: 1,
      model: "m",
      status: 200,
      closedByClient: false,
      body: ask(false),
    });
    expect(JSON.stringify(run.provider.log)).not.toContain("sk-test");
  });

  test("streams one event a token, the finish reason and the usage", async () => {
    const seen = await streamed(await run.start({ respond: () => SIXTY }));
    expect(seen).toMatchObject({ text: SIXTY, finish: "stop" });
    expect(seen.usage).toBe(Math.ceil(SIXTY.length / 4) + 1);
    expect(run.provider.log[0]).toMatchObject({ tokensSent: 60, stream: true, closedByClient: false });
  });

  test("sends tool calls, streamed and not", async () => {
    const client = await run.start({
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
    const client = await run.start();
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
    const client = await run.start({ models: ["m", "n"] });
    const names: string[] = [];
    for await (const model of client.models.list()) names.push(model.id);
    expect(names).toEqual(["m", "n"]);
    const bad = await fetch(`${run.provider.url}/chat/completions`, { method: "POST", body: "{" });
    expect(bad.status).toBe(400);
    expect((await fetch(`${run.provider.url}/nothing`)).status).toBe(404);
  });

  test("serves ChatOpenAI: invoke, stream and bound tools", async () => {
    await run.start({
      respond: (request) =>
        request.body.tools ? { toolCalls: [{ name: "look", arguments: { city: "Oslo" } }] } : "hello there",
    });
    const chat = new ChatOpenAI({
      model: "m",
      apiKey: "k",
      maxRetries: 0,
      configuration: { baseURL: run.provider.url },
    });
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
    const client = await run.start({ latencyMs: 5_000 });
    await expect(
      streamed(
        client,
        run.leaveWhen(() => true, 30),
      ),
    ).rejects.toThrow();
    await expect.poll(() => run.provider.log[0]?.closedByClient, { timeout: 10_000 }).toBe(true);
  });

  test("closes on a waiting client, and says that it was itself", async () => {
    const client = await run.start({ latencyMs: (_request, attempt) => attempt * 5_000 });
    const answer = completed(client).catch((error: Error) => error);
    await expect.poll(() => run.provider.log, { timeout: 10_000 }).toHaveLength(1);
    await run.provider.close();
    expect(await answer).toBeInstanceOf(OpenAI.APIConnectionError);
    expect(run.provider.log[0]).toMatchObject({ closedByClient: false });
    expect(run.provider.log[0]?.endedAt).toBeDefined();
  });

  test("answers 500 when its responder throws", async () => {
    const client = await run.start({
      respond: () => {
        throw new Error("responder broke");
      },
    });
    await expect(completed(client)).rejects.toMatchObject({ status: 500 });
  });
});
