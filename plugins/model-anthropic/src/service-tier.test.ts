import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { normaliseAnswer } from "@armature/resilience";
import type { AIMessage, AIMessageChunk } from "@langchain/core/messages";
import { afterAll, beforeAll, expect, test } from "vitest";
import { anthropic } from "./anthropic.js";

const usage = { input_tokens: 3, output_tokens: 1, service_tier: "priority" };
const message = { id: "m1", type: "message", role: "assistant", model: "claude", stop_reason: null, content: [] };
const whole = { ...message, content: [{ type: "text", text: "word" }], stop_reason: "end_turn", usage };
const events = [
  { type: "message_start", message: { ...message, usage } },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "word" } },
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 1 } },
  { type: "message_stop" },
];

let server: Server;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    const isStream = JSON.parse(text).stream === true;
    response.setHeader("content-type", isStream ? "text/event-stream" : "application/json");
    const lines = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    response.end(isStream ? lines.join("") : JSON.stringify(whole));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test("the service tier that was served is part of the usage, streamed or not", async () => {
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { chat, callOptions } = anthropic({ model: "claude-sonnet-4-5", baseUrl, apiKey: "k" });
  const options = callOptions({ maxOutputTokens: 9 });
  let streamed: AIMessageChunk | undefined;
  for await (const chunk of await chat.stream("hi", options)) streamed = streamed?.concat(chunk) ?? chunk;
  for (const answer of [await chat.invoke("hi", options), streamed]) {
    expect(normaliseAnswer(answer as AIMessage).usage).toEqual({
      inputTokens: 3,
      outputTokens: 1,
      serviceTier: "priority",
    });
  }
});
