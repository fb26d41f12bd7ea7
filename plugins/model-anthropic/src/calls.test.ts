import {
  type CallParameters,
  deadlineIn,
  type Message,
  systemClock,
  systemIds,
  systemRandom,
  type Usage,
} from "@armature/contracts";
import { type CallEvent, type CallPolicy, callModel, resilient } from "@armature/resilience";
import { type Fault, type Provider, type ProviderOptions, startProvider } from "@armature/testkit/provider";
import { type AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { afterEach, describe, expect, it } from "vitest";
import { anthropic } from "./anthropic.js";

const WORDS = Array.from({ length: 60 }, (_, index) => `w${index}`).join(" ");
const OTHER_WORDS = "the words of the fallback";

let provider: Provider | undefined;
afterEach(() => provider?.close());

async function serve(fault?: Fault, options: Partial<ProviderOptions> = {}) {
  await provider?.close();
  provider = await startProvider({
    respond: ({ model }) => (model === FALLBACK ? OTHER_WORDS : WORDS),
    faults: { [PRIMARY]: () => fault },
    ...options,
  });
}

const PRIMARY = "claude-haiku-4-5";
const FALLBACK = "claude-sonnet-4-5";
const claude = (model: string) => anthropic({ model, baseUrl: provider?.origin ?? "", apiKey: "sk-ant-secret-key" });

const policy: CallPolicy = {
  attemptTimeoutMs: 8_000,
  firstTokenTimeoutMs: 6_000,
  idleTimeoutMs: 5_000,
  retries: 1,
  backoff: { baseMs: 2, maxMs: 10 },
  maxAttempts: 8,
};

interface Asked {
  readonly streamed?: boolean;
  /** Live delivery, to a listener who understands restarts. */
  readonly on?: (event: CallEvent) => void;
  readonly fallback?: boolean;
  readonly parameters?: CallParameters;
  readonly messages?: readonly Message[];
  readonly policy?: CallPolicy;
}

function call(asked: Asked = {}) {
  const { streamed = false, fallback = true, parameters = { maxOutputTokens: 100 } } = asked;
  const names = fallback ? [PRIMARY, FALLBACK] : [PRIMARY];
  return callModel(
    {
      ladder: names.map((name) => ({ route: name === PRIMARY ? "primary" : "fallback", model: claude(name) })),
      startRung: 0,
      messages: asked.messages ?? [{ role: "user", content: "hi" }],
      parameters,
      minOutputTokens: 1,
      ...(streamed && { streamed }),
      ...(asked.on && { delivery: "live", mayRestart: true, on: asked.on }),
      policy: asked.policy ?? policy,
      stage: "call",
      visit: 1,
      firstNumber: 1,
    },
    {
      clock: systemClock,
      random: systemRandom,
      ids: systemIds,
      signal: new AbortController().signal,
      deadline: deadlineIn(systemClock, 20_000),
    },
  );
}

type Result = Awaited<ReturnType<typeof call>>;
const answerOf = (result: Result) => (result.ok ? result.answer : undefined);
const kinds = ({ attempts }: Result) => attempts.map(({ route, fault }) => `${route} ${fault?.kind ?? "answered"}`);

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

describe("a stream", () => {
  it("that is cut reports what was said, and no usage that would be too little", async () => {
    await serve({ kind: "cut_stream", afterTokens: 40 });
    const { attempts } = await call({ streamed: true });
    expect(attempts[0]?.answer?.text).toBe(WORDS.split(" ").slice(0, 40).join(" "));
    expect(attempts[0]?.usage).toBeUndefined();
  });

  it.each(["comment", "empty_delta"] as const)("that only keeps itself alive by %s is left", async (heartbeat) => {
    await serve({ kind: "stalled_stream", afterTokens: 20, heartbeat, heartbeatMs: 20 });
    const result = await call({ streamed: true, policy: { ...policy, idleTimeoutMs: 2_000 } });
    expect(kinds(result)).toEqual(["primary stalled_stream", "fallback answered"]);
  });

  it("that is cut is continued by prefill, as the newest words were", async () => {
    await serve(undefined, {
      faults: { [PRIMARY]: (_, attempt) => (attempt === 1 ? { kind: "cut_stream", afterTokens: 40 } : undefined) },
      // As a model does: what the last assistant message begins is continued, not repeated.
      respond: ({ messages }) => {
        const last = messages.at(-1);
        return last?.role === "assistant" ? WORDS.slice(String(last.content).length) : WORDS;
      },
    });
    let delivered = "";
    const result = await call({
      on: (event) => {
        expect(event.type).not.toBe("restart");
        if (event.type === "delta") delivered += event.text;
      },
    });
    expect(answerOf(result)?.text).toBe(WORDS);
    expect(delivered).toBe(WORDS);
    expect(kinds(result)).toEqual(["primary cut_stream", "primary answered"]);
    expect(provider?.log[1]?.tokensSent).toBe(20);
  });

  it("shows an answer that is forced through its tool as it is written, and withdraws what was said before", async () => {
    const rows = { rows: Array.from({ length: 20 }, (_, index) => `row ${index}`) };
    await serve(undefined, {
      respond: ({ body }) => ({
        text: "Let me think.",
        toolCalls: [{ name: (body.tools as { name: string }[])[0]!.name, arguments: rows }],
      }),
    });
    const schema = { type: "object", properties: { rows: { type: "array", items: { type: "string" } } } };
    const parameters = { maxOutputTokens: 100, responseSchema: { name: "table", schema } };
    const events: CallEvent[] = [];
    const result = await call({ parameters, on: (event) => void events.push(event) });
    const restart = events.findIndex(({ type }) => type === "restart");
    const shown = (some: readonly CallEvent[]) => some.flatMap((event) => (event.type === "delta" ? [event.text] : []));
    expect(shown(events.slice(0, restart)).join("")).toBe("Let me think.");
    expect(shown(events.slice(restart)).join("")).toBe(answerOf(result)?.text);
    expect(shown(events.slice(restart)).length).toBeGreaterThan(3);
    expect(JSON.parse(answerOf(result)?.text ?? "")).toEqual(rows);
    expect(events.some(({ type }) => type === "tool-delta")).toBe(false);
  });

  it("shows the calls of tools as they are written", async () => {
    const look = { name: "look", description: "Looks.", parameters: { type: "object", properties: {} } };
    await serve(undefined, {
      respond: () => ({ toolCalls: [{ id: "t1", name: "look", arguments: { at: WORDS } }] }),
    });
    const pieces: string[] = [];
    const result = await call({
      parameters: { maxOutputTokens: 100, tools: [look] },
      on: (event) => {
        if (event.type === "tool-delta") pieces.push(event.chunk.args);
      },
    });
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.join("")).toBe(answerOf(result)?.toolCalls[0]?.argumentsText);
  });

  it("without its last event is whole when its reason and usage have come", async () => {
    await serve({ kind: "no_done", open: true });
    const result = await call({ streamed: true });
    expect(kinds(result)).toEqual(["primary answered"]);
    expect(answerOf(result)).toMatchObject({ text: WORDS, usage: { outputTokens: Math.ceil(WORDS.length / 4) } });
  });

  it("without a reason is none", async () => {
    await serve({ kind: "no_finish" });
    expect(kinds(await call({ streamed: true, fallback: false }))).toEqual([
      "primary cut_stream",
      "primary cut_stream",
    ]);
  });
});

describe("resilient(anthropic(...))", () => {
  it("is a chat model for anybody's chain: fails over, binds tools, streams", async () => {
    await serve(
      { kind: "status", status: 529 },
      {
        respond: ({ messages }) =>
          messages.at(-1)?.role === "tool" ? "It rains." : { toolCalls: [{ id: "t1", name: "look", arguments: {} }] },
      },
    );
    const chat = resilient(claude(PRIMARY), { ...policy, fallbacks: [claude(FALLBACK)] });
    const tool = { name: "look", description: "Looks.", input_schema: { type: "object", properties: {} } };
    const bound = chat.bindTools?.([tool]) ?? chat;
    const called = (await bound.invoke("Weather?")) as AIMessage;
    expect(called.tool_calls).toMatchObject([{ id: "t1", name: "look" }]);
    const result = new ToolMessage({ content: "rain", tool_call_id: "t1" });
    expect((await bound.invoke([new HumanMessage("Weather?"), called, result])).text).toBe("It rains.");
    let text = "";
    for await (const chunk of await bound.stream([new HumanMessage("Weather?"), called, result])) text += chunk.text;
    expect(text).toBe("It rains.");
  });

  it("sends long answers not streamed, which the client alone would refuse", async () => {
    await serve();
    const answer = await resilient(claude(PRIMARY), policy).invoke("hi");
    expect(answer.text).toBe(WORDS);
    expect(provider?.log[0]).toMatchObject({ stream: false, body: { max_tokens: 64_000 } });
  });
});
