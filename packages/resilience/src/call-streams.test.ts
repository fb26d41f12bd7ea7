import type { Fault } from "@armature/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { call, impatient, kinds, OTHER_WORDS, onPrimary, provider, serve, WORDS } from "./call.fixture.js";

afterEach(() => provider.close());

describe("callModel, streams that break", () => {
  it.each<[string, Fault, string]>([
    ["is cut", { kind: "cut_stream", afterTokens: 40 }, "cut_stream"],
    ["stalls", { kind: "stalled_stream", afterTokens: 20 }, "stalled_stream"],
    ["stalls behind keep-alives", { kind: "stalled_stream", afterTokens: 20, heartbeat: "comment" }, "stalled_stream"],
    [
      "stalls behind empty deltas",
      { kind: "stalled_stream", afterTokens: 20, heartbeat: "empty_delta" },
      "stalled_stream",
    ],
    ["carries a malformed chunk", { kind: "malformed_chunk", at: 10 }, "malformed_chunk"],
    ["ends without its finish reason", { kind: "no_finish" }, "cut_stream"],
    ["breaks its chunked encoding", { kind: "broken_chunking", afterTokens: 5 }, "cut_stream"],
  ])("never takes for an answer a stream that %s", async (_, fault, kind) => {
    await serve(onPrimary(fault));
    const { result, delivered, restarts } = await call({ streamed: true, plan: { policy: impatient } });
    expect(result.ok && result.answer.text).toBe(OTHER_WORDS);
    expect(delivered).toBe(OTHER_WORDS);
    expect(restarts).toEqual([kind]);
    expect(result.attempts[0]?.fault?.kind).toBe(kind);
    expect(result.attempts[0]?.answer?.text).toMatch(/^w0 w1/);
  });

  it.each([{ open: false }, { open: true }])("needs no [DONE] after the finish reason (%o)", async ({ open }) => {
    await serve(onPrimary({ kind: "no_done", open }));
    const { result } = await call({ streamed: true });
    expect(kinds(result)).toEqual(["primary:answered"]);
    expect(result.ok && result.answer.text).toBe(WORDS);
  });
});
