import { ChatAnthropic } from "@langchain/anthropic";
import { ToolMessage } from "@langchain/core/messages";
import { describe, expect, test } from "vitest";
import type { ChatRequest } from "./chat-request.js";
import type { Fault } from "./fault.js";
import { readAll, SIXTY, useProvider } from "./provider.fixture.js";
import type { ProviderOptions } from "./start-provider.js";

const run = useProvider();

async function claude(options: Partial<ProviderOptions>) {
  await run.start(options);
  const clientOptions = { logLevel: "off" as const };
  return new ChatAnthropic({
    model: "m",
    apiKey: "sk-ant-test",
    anthropicApiUrl: run.provider.origin,
    maxRetries: 0,
    clientOptions,
  });
}

const ask = (stream: boolean) => ({ model: "m", max_tokens: 9, messages: [{ role: "user", content: "hi" }], stream });

function readBack(stream: boolean, signal?: AbortSignal) {
  return readAll(`${run.provider.origin}/v1/messages`, ask(stream), signal);
}

/** The events of a stream by their names, pings and text included. */
function eventsOf(text: string) {
  return text
    .split("\n\n")
    .filter((part) => part !== "")
    .map((part) => {
      const [, name, data = ""] = /^event: (\w+)\ndata: (.*)$/s.exec(part) ?? [];
      return { name, data: JSON.parse(data) as Record<string, unknown> };
    });
}

describe("a healthy provider", () => {
  test("answers ChatAnthropic, streamed and not, with usage and without its key in the log", async () => {
    const usage = { inputTokens: 100, outputTokens: 60, cachedInputTokens: 30, cacheWriteTokens: 20 };
    const chat = await claude({ respond: () => ({ text: SIXTY, usage }) });
    const answer = await chat.invoke("hi");
    expect(answer.text).toBe(SIXTY);
    expect(answer.response_metadata).toMatchObject({ stop_reason: "end_turn", model: "m" });
    expect(answer.usage_metadata).toMatchObject({
      input_tokens: 100,
      output_tokens: 60,
      input_token_details: { cache_read: 30, cache_creation: 20 },
    });
    let text = "";
    for await (const chunk of await chat.stream("hi")) text += chunk.text;
    expect(text).toBe(SIXTY);
    expect(run.provider.log[1]).toMatchObject({ path: "/v1/messages", tokensSent: 60, stream: true });
    expect(JSON.stringify(run.provider.log)).not.toContain("sk-ant-test");
  });

  test("names its events as the API does, and counts cumulatively", async () => {
    await claude({ respond: () => "two words" });
    const events = eventsOf((await readBack(true)).text);
    expect(events.map(({ name }) => name)).toEqual([
      "message_start",
      "content_block_start",
      "ping",
      "content_block_delta",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    for (const { name, data } of events) expect(data.type).toBe(name);
    expect(events[0]?.data).toMatchObject({ message: { role: "assistant", usage: { input_tokens: 1 } } });
    expect(events.at(-2)?.data).toMatchObject({ delta: { stop_reason: "end_turn" }, usage: { output_tokens: 3 } });
  });

  test("reads system, tool use and tool results in the words of every responder", async () => {
    const seen: ChatRequest[] = [];
    const chat = await claude({
      respond: (request) => {
        seen.push(request);
        return request.messages.some(({ role }) => role === "tool")
          ? "It rains."
          : { text: "Looking.", toolCalls: [{ id: "t1", name: "look", arguments: { city: "Oslo", days: [1, 2, 3] } }] };
      },
    });
    const tool = { name: "look", description: "Looks.", input_schema: { type: "object" as const, properties: {} } };
    const bound = chat.bindTools([tool]);
    const called = await bound.invoke([
      ["system", "Be brief."],
      ["human", "Weather?"],
    ]);
    expect(called.tool_calls?.[0]).toMatchObject({ id: "t1", name: "look", args: { city: "Oslo", days: [1, 2, 3] } });
    expect(called.response_metadata.stop_reason).toBe("tool_use");
    let args = "";
    for await (const chunk of await bound.stream("Weather?")) args += chunk.tool_call_chunks?.[0]?.args ?? "";
    expect(JSON.parse(args)).toEqual({ city: "Oslo", days: [1, 2, 3] });
    const result = new ToolMessage({ content: "rain", tool_call_id: "t1" });
    expect((await bound.invoke([["human", "Weather?"], called, result])).text).toBe("It rains.");
    expect(seen[0]?.messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Weather?" },
    ]);
    expect(seen[2]?.messages).toEqual([
      { role: "user", content: "Weather?" },
      {
        role: "assistant",
        content: "Looking.",
        tool_calls: [{ id: "t1", function: { name: "look", arguments: '{"city":"Oslo","days":[1,2,3]}' } }],
      },
      { role: "tool", content: "rain", tool_call_id: "t1" },
    ]);
  });

  test("refuses with a stop reason and its explanation", async () => {
    await claude({ respond: () => ({ refusal: "Not this." }) });
    const refused = { stop_reason: "refusal", stop_details: { type: "refusal", explanation: "Not this." } };
    expect(JSON.parse((await readBack(false)).text)).toMatchObject({ content: [], ...refused });
    expect(eventsOf((await readBack(true)).text).at(-2)?.data).toMatchObject({ delta: refused });
  });

  test("wants max_tokens, and says errors in its own form", async () => {
    await claude({});
    const { text, status } = await readAll(`${run.provider.origin}/v1/messages`, {
      ...ask(false),
      max_tokens: undefined,
    });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ type: "error", error: { type: "invalid_request_error" } });
    await claude({
      respond: () => {
        throw new Error("responder broke");
      },
    });
    const broke = await readBack(false);
    expect(broke.status).toBe(500);
    expect(JSON.parse(broke.text)).toMatchObject({ type: "error", error: { message: "Error: responder broke" } });
  });
});

describe("faults", () => {
  const broken = (fault: Fault) => claude({ respond: () => SIXTY, faults: () => fault });

  test.each([
    [{ kind: "status", status: 529 }, 529, "overloaded_error", /Overloaded/],
    [{ kind: "status", status: 429, retryAfter: 2 }, 429, "rate_limit_error", /./],
    [{ kind: "status", status: 401 }, 401, "authentication_error", /./],
    [{ kind: "context_length" }, 400, "invalid_request_error", /prompt is too long: \d+ tokens > \d+ maximum/],
    [{ kind: "error_body" }, 200, "api_error", /./],
  ] as [Fault, number, string, RegExp][])("%j", async (fault, status, type, message) => {
    await broken(fault);
    for (const stream of [false, true]) {
      const answer = await readBack(stream);
      expect(answer.status).toBe(status);
      const body = JSON.parse(answer.text) as { error: { message: string } };
      expect(body).toMatchObject({ type: "error", error: { type } });
      expect(body.error.message).toMatch(message);
    }
  });

  test("an overload in the middle of a stream ends it; not streamed it is a status", async () => {
    await broken({ kind: "error_event", afterTokens: 2 });
    const events = eventsOf((await readBack(true)).text);
    expect(events.filter(({ name }) => name === "content_block_delta")).toHaveLength(2);
    expect(events.at(-1)).toEqual({
      name: "error",
      data: { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    });
    expect((await readBack(false)).status).toBe(529);
    expect(run.provider.log[0]).toMatchObject({ tokensSent: 2, closedByClient: false });
  });

  test("cut after exactly 40 of 60 tokens", async () => {
    await broken({ kind: "cut_stream", afterTokens: 40 });
    const { text, error } = await readBack(true);
    expect(text).toContain("w39");
    expect(text).not.toContain("w40");
    expect(error).toBe(true);
  });

  test.each(["comment", "empty_delta"] as const)("stall after 20 tokens, kept alive by %s", async (heartbeat) => {
    await broken({ kind: "stalled_stream", afterTokens: 20, heartbeat, heartbeatMs: 10 });
    const { text, error } = await readBack(
      true,
      run.leaveWhen(({ tokensSent }) => tokensSent === 20, 150),
    );
    expect(text).not.toContain("w20");
    expect(error).toBe(true);
    expect(text.split("event: ping").length - 1 > 1).toBe(heartbeat === "comment");
    expect(text.includes('"text_delta","text":""')).toBe(heartbeat === "empty_delta");
  });

  test("no end, no reason, no content, a hole, half an event", async () => {
    const endings: Record<string, string[]> = {};
    for (const kind of ["no_done", "no_finish", "empty_choices", "missing_chunk", "malformed_chunk"] as const) {
      await broken(kind === "missing_chunk" || kind === "malformed_chunk" ? { kind, at: 5 } : { kind });
      const { text } = await readBack(true);
      endings[kind] = [text];
    }
    expect(endings.no_done?.[0]).not.toContain("message_stop");
    expect(endings.no_done?.[0]).toContain('"stop_reason":"end_turn"');
    expect(endings.no_finish?.[0]).toContain("message_stop");
    expect(endings.no_finish?.[0]).not.toContain("end_turn");
    expect(endings.empty_choices?.[0]).not.toContain("content_block");
    expect(endings.missing_chunk?.[0]).not.toMatch(/"text":" w1"/);
    expect(endings.missing_chunk?.[0]).toMatch(/"text":" w2"/);
    expect(() => eventsOf(endings.malformed_chunk?.[0] ?? "")).toThrow(SyntaxError);
  });

  test("whole bodies without content, and without the place for it", async () => {
    await broken({ kind: "empty_choices" });
    expect(JSON.parse((await readBack(false)).text)).toMatchObject({ type: "message", content: [] });
    await broken({ kind: "missing_chunk", at: 1 });
    expect(JSON.parse((await readBack(false)).text)).not.toHaveProperty("content");
    await broken({ kind: "malformed_chunk", at: 1 });
    const { text } = await readBack(false);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });

  test("a filter, and a limit", async () => {
    await broken({ kind: "content_filter" });
    expect(JSON.parse((await readBack(false)).text)).toMatchObject({ stop_reason: "refusal" });
    await broken({ kind: "truncated_json" });
    expect(JSON.parse((await readBack(false)).text)).toMatchObject({ stop_reason: "max_tokens" });
  });
});
