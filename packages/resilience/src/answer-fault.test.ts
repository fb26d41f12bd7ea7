import { AIMessage, type AIMessageChunk } from "@langchain/core/messages";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { ChatOpenAI } from "@langchain/openai";
import { afterEach, describe, expect, it } from "vitest";
import { normaliseAnswer, refusalOf } from "./answer.js";
import { answerFault } from "./answer-fault.js";
import { resilient } from "./resilient.js";
import { chunk, completion, DONE, json, STREAM_HEAD, USAGE, type Wire, wire } from "./wire.fixture.js";

const open: Wire[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** A provider that always says `response`, and one that it fails over to. */
async function asked(response: string, delivery: "verified" | "live" = "verified") {
  const bad = await wire((socket) => socket.end(response));
  const live = delivery === "live";
  const whole = live
    ? STREAM_HEAD + chunk({ content: "Hello" }, "stop") + USAGE + DONE
    : completion({ content: "Hello" });
  const good = await wire((socket) => socket.end(whole));
  open.push(bad, good);
  const chat = ({ url }: Wire) =>
    new ChatOpenAI({ model: "m", apiKey: "k", maxRetries: 0, configuration: { baseURL: url } });
  const model = resilient(chat(bad), {
    fallbacks: [chat(good)],
    retries: 1,
    backoff: { baseMs: 1, maxMs: 2 },
    delivery,
  });
  let text = "";
  let finish: unknown;
  for await (const message of await model.stream("hi")) {
    text += message.text;
    finish = message.response_metadata.finish_reason ?? finish;
  }
  return { text, finish, requests: [bad.requests, good.requests] };
}

const call = (args: string, name = "look") => ({
  content: null,
  tool_calls: [{ index: 0, id: "c", type: "function", function: { name, arguments: args } }],
});
const half = STREAM_HEAD + chunk({ role: "assistant", content: "Hel" });

describe("an answer that came without an error", () => {
  it.each([
    ["has no finish reason", completion({ content: "Hel" }, null)],
    ["has an empty finish reason", completion({ content: "Hel" }, "")],
    ["ended in an error", completion({ content: "Hel" }, "error")],
    ["has a call that is cut", completion(call('{"at":"Os'), "tool_calls")],
    ["has a call without a name", completion(call("{}", ""), "tool_calls")],
    ["was given up", completion({ content: "Hel" }, "insufficient_system_resource")],
  ])("is none where it %s", async (_, response) => {
    expect(await asked(response)).toEqual({ text: "Hello", finish: "stop", requests: [2, 1] });
  });

  it.each([
    ["has no finish reason", half + USAGE + DONE],
    ["has an empty finish reason", half + chunk({}, "") + USAGE + DONE],
    ["ended in an error", half + chunk({}, "error") + USAGE + DONE],
    [
      "goes on after its finish reason",
      half + chunk({ content: "lo" }, "stop") + chunk({ content: "!" }) + USAGE + DONE,
    ],
  ])("is none where its stream %s", async (_, response) => {
    expect(await asked(response, "live")).toEqual({ text: "Hello", finish: "stop", requests: [2, 1] });
  });

  it("has no part in other answers of the same stream", async () => {
    const other = chunk({ content: "Howdy" }, null, 1) + chunk({}, "stop", 1);
    const response = half + other + chunk({ content: "lo" }, "stop") + USAGE + DONE;
    expect(await asked(response, "live")).toEqual({ text: "Hello", finish: "stop", requests: [1, 0] });
    expect(await asked(half + other + USAGE + DONE, "live")).toMatchObject({ text: "Hello", requests: [2, 1] });
  });

  it("is one where its finish reason is a word that nobody knows", async () => {
    expect(await asked(completion({ content: "Hel" }, "banana"))).toMatchObject({ text: "Hel", requests: [1, 0] });
  });

  it("needs no finish reason of a chat model that stands for no provider", async () => {
    const message = await resilient(new FakeListChatModel({ responses: ["Hello"] })).invoke("hi");
    expect(message.text).toBe("Hello");
  });

  it("fails over from an address that moved, without another try", async () => {
    expect(await asked(json({}, "302 Found"))).toMatchObject({ text: "Hello", requests: [1, 1] });
  });
});

it.each([
  ["eos_token", "stop"],
  ["MAX_TOKENS", "length"],
  ["TOOL_CALL", "tool_calls"],
  ["RECITATION", "content_filter"],
  ["banana", "other"],
])("says %s as %s", (finish_reason, finish) => {
  expect(normaliseAnswer(new AIMessage({ content: "Hello", response_metadata: { finish_reason } })).finish).toBe(
    finish,
  );
});

it.each(["error", "ERROR", "network_error", "abort", "cancelled", "failed", "MALFORMED_FUNCTION_CALL", "pause_turn"])(
  "takes %s for the end of no answer",
  (finishReason) => {
    const message = new AIMessage({ content: "Hel", response_metadata: { finish_reason: finishReason } });
    const fault = answerFault({ answer: normaliseAnswer(message), finishReason, message });
    expect(fault).toMatchObject({
      fault: { code: "PROVIDER_UNAVAILABLE", kind: "broken_answer" },
      disposition: "retry",
    });
  },
);

describe("usage that cannot be", () => {
  it.each([
    { input_tokens: 3, output_tokens: -4, total_tokens: -1 },
    { input_tokens: 3, output_tokens: 9e30, total_tokens: 9e30 },
    { input_tokens: 0.5, output_tokens: 4, total_tokens: 4 },
  ])("is not paid: %j", (usage_metadata) => {
    expect(normaliseAnswer(new AIMessage({ content: "Hello", usage_metadata })).usage).toBeUndefined();
  });

  it("leaves the rest of it", () => {
    const usage_metadata = {
      input_tokens: 3,
      output_tokens: 4,
      total_tokens: 7,
      input_token_details: { cache_read: -1, cache_creation: 2 },
    };
    const message = new AIMessage({ content: "Hello", usage_metadata });
    expect(normaliseAnswer(message).usage).toEqual({ inputTokens: 3, outputTokens: 4, cacheWriteTokens: 2 });
  });
});

describe("a refusal", () => {
  it.each([
    ["verified", completion({ content: null, refusal: "I must not." })],
    [
      "live",
      STREAM_HEAD +
        chunk({ role: "assistant", refusal: "I must" }) +
        chunk({ refusal: " not." }) +
        chunk({}, "stop") +
        USAGE +
        DONE,
    ],
  ] as const)("is an answer with %s delivery where the raw response is kept", async (delivery, response) => {
    const provider = await wire((socket) => socket.end(response));
    open.push(provider);
    const chat = new ChatOpenAI({
      model: "m",
      apiKey: "k",
      maxRetries: 0,
      __includeRawResponse: true,
      configuration: { baseURL: provider.url },
    });
    let last: AIMessageChunk | undefined;
    for await (const message of await resilient(chat, { delivery }).stream("hi")) last = message;
    expect(last?.text).toBe("");
    expect(refusalOf(last!)).toBe("I must not.");
    expect(provider.requests).toBe(1);
  });
});

describe("an answer of the Responses API", () => {
  it.each([
    [{ status: "completed" }, "stop"],
    [{ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } }, "length"],
    [{ status: "incomplete", incomplete_details: { reason: "content_filter" } }, "content_filter"],
  ])("has the finish reason of its status %j", (fields, finish) => {
    const message = new AIMessage({ content: "Hello", response_metadata: { object: "response", ...fields } });
    expect(normaliseAnswer(message).finish).toBe(finish);
  });

  it("asks for its tools", () => {
    const response_metadata = { object: "response", status: "completed" };
    const message = new AIMessage({ content: "", tool_calls: [{ id: "a", name: "f", args: {} }], response_metadata });
    expect(normaliseAnswer(message).finish).toBe("tool_calls");
  });
});
