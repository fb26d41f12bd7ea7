import type OpenAI from "openai";
import { describe, expect, test } from "vitest";
import type { Fault } from "./fault.js";
import { ask, completed, readAll, SIXTY, streamed, useProvider } from "./provider.fixture.js";

const run = useProvider();

function readBack(stream: boolean, signal?: AbortSignal) {
  return readAll(`${run.provider.url}/chat/completions`, ask(stream), signal);
}

describe("faults", () => {
  const broken = (fault: Fault, text = SIXTY) => run.start({ respond: () => text, faults: () => fault });

  test("status with Retry-After, once and then healthy", async () => {
    const client = await run.start({
      faults: { m: (_, attempt) => (attempt === 1 ? { kind: "status", status: 429, retryAfter: 2 } : undefined) },
    });
    const error = await completed(client).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ status: 429 });
    expect((error as InstanceType<typeof OpenAI.APIError>).headers?.get("retry-after")).toBe("2");
    expect((await completed(client)).choices[0]?.message.content).toBe("hello there");
    expect(run.provider.log.map((entry) => entry.status)).toEqual([429, 200]);
  });

  test("reset before headers", async () => {
    await broken({ kind: "reset" });
    const error = await fetch(`${run.provider.url}/chat/completions`, {
      method: "POST",
      body: JSON.stringify(ask(false)),
    }).catch((cause: Error) => cause);
    expect((error as Error).cause).toMatchObject({ code: "ECONNRESET" });
    expect(run.provider.log[0]?.status).toBeUndefined();
    expect(run.provider.log[0]?.closedByClient).toBe(false);
  });

  test("no answer: the client leaves", async () => {
    const client = await broken({ kind: "no_answer" });
    await expect(
      streamed(
        client,
        run.leaveWhen(() => true, 30),
      ),
    ).rejects.toThrow();
    await expect.poll(() => run.provider.log[0]?.closedByClient, { timeout: 10_000 }).toBe(true);
  });

  test("slow first token: head at once", async () => {
    await broken({ kind: "slow_first_token", ms: 1_000 });
    const startedAt = performance.now();
    const response = await fetch(`${run.provider.url}/chat/completions`, {
      method: "POST",
      body: JSON.stringify(ask(true)),
    });
    const head = performance.now() - startedAt;
    await response.text();
    const whole = performance.now() - startedAt;
    expect(whole).toBeGreaterThanOrEqual(995);
    expect(head).toBeLessThan(whole - 500);
  });

  test("cut after exactly 40 of 60 tokens", async () => {
    await broken({ kind: "cut_stream", afterTokens: 40 });
    const { text, error } = await readBack(true);
    expect(text).toContain("w39");
    expect(text).not.toContain("w40");
    expect(error).toBe(true);
    expect(run.provider.log[0]).toMatchObject({ tokensSent: 40, closedByClient: false });
  });

  test.each([undefined, "comment", "empty_delta"] as const)(
    "stall after 20 tokens, heartbeat %s",
    async (heartbeat) => {
      await broken({ kind: "stalled_stream", afterTokens: 20, heartbeatMs: 10, ...(heartbeat && { heartbeat }) });
      const { text, error } = await readBack(
        true,
        run.leaveWhen(({ tokensSent }) => tokensSent === 20, 150),
      );
      expect(text).toContain("w19");
      expect(text).not.toContain("w20");
      expect(error).toBe(true);
      expect(text.includes(": keep-alive")).toBe(heartbeat === "comment");
      expect(text.includes('"content":""},"finish_reason":null')).toBe(heartbeat === "empty_delta");
      await expect.poll(() => run.provider.log[0]?.closedByClient, { timeout: 10_000 }).toBe(true);
    },
  );

  test.each([true, false])("broken chunked encoding, streamed %s", async (stream) => {
    await broken({ kind: "broken_chunking", afterTokens: 5 });
    expect((await readBack(stream)).error).toBe(true);
  });

  test.each([
    [{ kind: "malformed_chunk", at: 10 }, /JSON/],
    [{ kind: "error_body" }, /./],
  ] as [Fault, RegExp][])("%j fails or starves the streaming client", async (fault, message) => {
    const client = await broken(fault);
    const result = await streamed(client).catch((error: Error) => error);
    if (result instanceof Error) expect(result.message).toMatch(message);
    else expect(result).toMatchObject({ text: "", finish: null });
  });

  test("a missing chunk is a hole in the text", async () => {
    const seen = await streamed(await broken({ kind: "missing_chunk", at: 10 }));
    expect(seen).toMatchObject({ text: SIXTY.replace(" w8", ""), finish: "stop" });
  });

  test("no [DONE], no finish reason", async () => {
    await broken({ kind: "no_done" });
    const whole = await readBack(true);
    expect(whole.text).not.toContain("[DONE]");
    expect(whole.text).toContain('"finish_reason":"stop"');
    await broken({ kind: "no_finish" });
    const endless = await readBack(true);
    expect(endless.text).toContain("[DONE]");
    expect(endless.text).not.toContain('"finish_reason":"stop"');
  });

  test.each([
    [{ kind: "html_body" }, "<!doctype html>"],
    [{ kind: "empty_choices" }, '"choices":[]'],
    [{ kind: "error_body", code: "overloaded" }, '"code":"overloaded"'],
    [{ kind: "empty_body" }, ""],
  ] as [Fault, string][])("200 with %j", async (fault, content) => {
    await broken(fault);
    for (const stream of [false, true]) {
      const { text, status } = await readBack(stream);
      expect(status).toBe(200);
      expect(text).toContain(content);
      if (content === "") expect(text).toBe("");
    }
  });

  test.each([{ kind: "truncated_body" }, { kind: "malformed_chunk", at: 1 }] as Fault[])(
    "no JSON in %j",
    async (fault) => {
      await broken(fault);
      const { text, error } = await readBack(false);
      expect(error).toBe(false);
      expect(() => JSON.parse(text)).toThrow();
    },
  );

  test("a body that is cut in the middle", async () => {
    await broken({ kind: "cut_stream", afterTokens: 3 });
    expect((await readBack(false)).error).toBe(true);
  });
});
