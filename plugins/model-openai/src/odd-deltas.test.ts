import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { AIMessageChunk } from "@langchain/core/messages";
import { expect, it } from "vitest";
import { openai } from "./openai.js";

/** What becomes of a stream with these choices, one an event. */
async function read(...choices: object[]): Promise<AIMessageChunk> {
  const events = choices.map((choice) => `data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}\n\n`);
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/event-stream").end(`${events.join("")}data: [DONE]\n\n`);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  try {
    let whole: AIMessageChunk | undefined;
    for await (const chunk of await openai({ model: "gpt-4.1", baseUrl, apiKey: "k" }).chat.stream("hi")) {
      whole = whole ? whole.concat(chunk as AIMessageChunk) : (chunk as AIMessageChunk);
    }
    return whole!;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const said = { delta: { role: "assistant", content: "Words" }, finish_reason: null };
const stop = { delta: {}, finish_reason: "stop" };

it.each([
  ["without a delta", { finish_reason: "content_filter" }],
  ["whose delta is null", { delta: null, finish_reason: "content_filter" }],
])("keeps the finish reason of a choice %s", async (_, choice) => {
  const { text, response_metadata } = await read(said, choice);
  expect([text, response_metadata.finish_reason]).toEqual(["Words", "content_filter"]);
});

it("keeps text that is streamed in blocks", async () => {
  const blocks = [
    { type: "thinking", thinking: [] },
    { type: "text", text: " of" },
    { type: "text", text: " this" },
  ];
  expect((await read(said, { delta: { content: blocks } }, stop)).text).toBe("Words of this");
});

it.each([[5], [{ text: "of" }]])("takes %j for no content", async (content) => {
  await expect(read(said, { delta: { content } }, stop)).rejects.toThrow("no text");
});
