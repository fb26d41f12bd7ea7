import type { CallEvent } from "@armature/resilience";
import { afterEach, describe, expect, it } from "vitest";
import { answerOf, call, kinds, PRIMARY, policy, provider, serve, WORDS } from "./calls.fixture.js";

afterEach(() => provider?.close());

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

  it("that is cut before its reason, but after its last word, is still answered", async () => {
    await serve(undefined, {
      faults: { [PRIMARY]: (_, attempt) => (attempt === 1 ? { kind: "no_finish" } : undefined) },
      respond: ({ messages }) => (messages.at(-1)?.role === "assistant" ? "" : WORDS),
    });
    const result = await call({ on: () => undefined });
    expect(answerOf(result)?.text).toBe(WORDS);
    expect(kinds(result)).toEqual(["primary cut_stream", "primary prefill_refused", "primary answered"]);
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
