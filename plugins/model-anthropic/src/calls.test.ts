import type { Message, Usage } from "@armature/contracts";
import type { Fault } from "@armature/testkit/provider";
import { afterEach, describe, expect, it } from "vitest";
import { answerOf, call, kinds, OTHER_WORDS, PRIMARY, policy, provider, serve, WORDS } from "./calls.fixture.js";

afterEach(() => provider?.close());

describe.each([false, true])("a call, streamed %s", (streamed) => {
  it("brings text, reason, model and usage with the parts of the prompt cache", async () => {
    const usage: Usage = { inputTokens: 900, outputTokens: 60, cachedInputTokens: 500, cacheWriteTokens: 300 };
    await serve(undefined, { respond: () => ({ text: WORDS, usage }) });
    const result = await call({ streamed });
    expect(answerOf(result)).toMatchObject({ text: WORDS, finish: "stop", usage, model: PRIMARY });
    expect(result.attempts[0]).toMatchObject({ usage, provider: "anthropic", parameters: { maxOutputTokens: 100 } });
  });

  it("takes a structured answer out of its tool", async () => {
    await serve(undefined, {
      respond: ({ body }) => ({
        toolCalls: [{ name: (body.tools as { name: string }[])[0]!.name, arguments: { a: 1 } }],
      }),
    });
    const schema = { type: "object", properties: { a: { type: "integer" } }, required: ["a"] };
    const parameters = { maxOutputTokens: 100, responseSchema: { name: "row", schema } };
    expect(answerOf(await call({ streamed, parameters }))).toMatchObject({
      text: '{"a":1}',
      toolCalls: [],
      finish: "stop",
    });
  });

  it("carries tool calls and their results there and back", async () => {
    const look = { name: "look", description: "Looks.", parameters: { type: "object", properties: {} } };
    const parameters = { maxOutputTokens: 100, tools: [look] };
    await serve(undefined, {
      respond: ({ messages }) =>
        messages.at(-1)?.role === "tool"
          ? `It says ${messages.map(({ content }) => content).at(-1)}.`
          : {
              text: "Let me look.",
              toolCalls: [
                { id: "t1", name: "look", arguments: { at: "Oslo" } },
                { id: "t2", name: "look", arguments: { at: "Rome" } },
              ],
            },
    });
    const asked = answerOf(await call({ streamed, parameters }));
    expect(asked).toMatchObject({
      text: "Let me look.",
      finish: "tool_calls",
      toolCalls: [
        { id: "t1", name: "look", argumentsText: '{"at":"Oslo"}' },
        { id: "t2", name: "look", argumentsText: '{"at":"Rome"}' },
      ],
    });
    const messages: Message[] = [
      { role: "user", content: "hi" },
      { role: "assistant", content: asked!.text, toolCalls: asked!.toolCalls },
      { role: "tool", name: "look", toolCallId: "t1", content: "rain" },
      { role: "tool", name: "look", toolCallId: "t2", content: "sun" },
    ];
    expect(answerOf(await call({ streamed, parameters, messages }))?.text).toBe("It says sun.");
    // The API wants the results of one turn together in one message.
    const body = provider?.log.at(-1)?.body as { messages: { role: string; content: unknown[] }[] };
    expect(body.messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(body.messages[2]?.content).toMatchObject([{ tool_use_id: "t1" }, { tool_use_id: "t2" }]);
  });

  it("offers no tool call of an answer that was cut by its limit", async () => {
    await serve(
      { kind: "truncated_json" },
      {
        respond: () => ({ toolCalls: [{ name: "look", arguments: { at: "Oslo" } }] }),
      },
    );
    expect(answerOf(await call({ streamed }))).toMatchObject({ toolCalls: [], finish: "length" });
  });

  it.each<[Fault, string]>([
    [{ kind: "status", status: 529 }, "overloaded"],
    [{ kind: "status", status: 500 }, "server_error"],
    [{ kind: "status", status: 429 }, "rate_limit"],
    [{ kind: "reset" }, "connection_reset"],
    [{ kind: "malformed_chunk", at: 5 }, streamed ? "malformed_chunk" : "malformed_body"],
    [{ kind: "html_body" }, streamed ? "cut_stream" : "html_body"],
    [{ kind: "error_body" }, streamed ? "cut_stream" : "error_body"],
    [{ kind: "empty_body" }, streamed ? "cut_stream" : "empty_body"],
    [{ kind: "empty_choices" }, "empty_answer"],
    [{ kind: "cut_stream", afterTokens: 40 }, streamed ? "cut_stream" : "connection_reset"],
    [{ kind: "error_event", afterTokens: 3 }, "overloaded"],
    [{ kind: "error_event", afterTokens: 3, code: "api_error" }, streamed ? "server_error" : "overloaded"],
  ])("retries and fails over on %j", async (fault, kind) => {
    await serve(fault);
    const result = await call({ streamed });
    expect(kinds(result)).toEqual([`primary ${kind}`, `primary ${kind}`, "fallback answered"]);
    expect(answerOf(result)?.text).toBe(OTHER_WORDS);
    expect(provider?.log).toHaveLength(3);
  });

  it("honours Retry-After", async () => {
    await serve({ kind: "status", status: 429, retryAfter: 1 });
    const result = await call({ streamed });
    expect(result.attempts[0]?.fault).toMatchObject({ kind: "rate_limit", status: 429, retryAfterMs: 1_000 });
    expect(answerOf(result)?.text).toBe(OTHER_WORDS);
  });

  it("stops at a refusal with its explanation", async () => {
    await serve(undefined, { respond: () => ({ refusal: "Not about this." }) });
    const result = await call({ streamed });
    expect(kinds(result)).toEqual(["primary content_filter"]);
    expect(result).toMatchObject({ ok: false, failure: { code: "CONTENT_FILTERED", message: /Not about this/ } });
  });

  it("stops at a wrong key, and shows it nowhere", async () => {
    await serve({ kind: "status", status: 401, message: "invalid x-api-key: sk-ant-secret-key" });
    const result = await call({ streamed });
    expect(kinds(result)).toEqual(["primary authentication"]);
    expect(result).toMatchObject({ ok: false, failure: { code: "PROVIDER_REJECTED" } });
    expect(JSON.stringify(result)).not.toContain("secret");
  });

  it("says that a prompt is too long", async () => {
    await serve({ kind: "context_length" });
    const result = await call({ streamed, fallback: false });
    expect(result).toMatchObject({ ok: false, failure: { code: "CONTEXT_TOO_LONG" } });
    expect(kinds(result)).toEqual(["primary context_length"]);
  });

  it("leaves a silent provider", async () => {
    await serve({ kind: "no_answer" });
    const impatient = { ...policy, attemptTimeoutMs: 3_000, firstTokenTimeoutMs: 2_500 };
    const result = await call({ streamed, policy: impatient });
    expect(kinds(result)).toEqual([
      `primary ${streamed ? "first_token_timeout" : "attempt_timeout"}`,
      "fallback answered",
    ]);
    await expect.poll(() => provider?.log[0]?.closedByClient, { timeout: 10_000 }).toBe(true);
  });
});
