import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { chunking, chunksOf } from "./model-text.fixture.js";
import { streamToolCalls } from "./tool-call-stream.js";

const tools = {
  refund: z.object({ order: z.string(), amount: z.number(), reason: z.enum(["late", "broken"]) }),
  now: z.object({}),
};

describe("streamToolCalls", () => {
  it("shows arguments as they grow, each call by its index", () => {
    const calls = streamToolCalls(tools);
    calls.push({ index: 0, id: "a", name: "refund", args: "" });
    expect(calls.partial()).toEqual([{ id: "a", name: "refund", arguments: { value: undefined, growing: [[]] } }]);
    calls.push({ index: 0, args: '{"order":"A-1","amo' });
    calls.push({ index: 1, id: "b", name: "now", args: "{}" });
    calls.push({ index: 0, args: 'unt":12' });
    expect(calls.partial().map((call) => call.arguments.value)).toEqual([{ order: "A-1" }, {}]);
    calls.push({ index: 0, args: '.5,"reason":"late"}' });
    expect(calls.end("tool_calls")).toMatchObject([
      { id: "a", output: { status: "value", value: { order: "A-1", amount: 12.5, reason: "late" } } },
      { id: "b", argumentsText: "{}", output: { status: "value" } },
    ]);
  });

  it("tells calls without an index apart by their ids", () => {
    const calls = streamToolCalls(tools);
    for (const chunk of [
      { id: "a", name: "now" },
      { args: "{" },
      { args: "}" },
      { id: "b", name: "now", args: "{}" },
    ]) {
      calls.push(chunk);
    }
    expect(calls.end("tool_calls").map(({ id, argumentsText }) => [id, argumentsText])).toEqual([
      ["a", "{}"],
      ["b", "{}"],
    ]);
  });

  it("shows what a tool that is not known is asked to do", () => {
    const calls = streamToolCalls({});
    calls.push({ index: 0, id: "a", name: "constructor", args: '{"x":[1,2' });
    expect(calls.partial()[0]).toMatchObject({ name: "constructor", arguments: { value: { x: [1] } } });
  });

  it("never makes a call of arguments that were cut, whatever the model says of its end", () => {
    const text = JSON.stringify({ order: "A-1", amount: 12.5, reason: "late" });
    const finish = fc.constantFrom("stop", "length", "tool_calls", "other" as const);
    fc.assert(
      fc.property(fc.nat(text.length - 1), finish, chunking, (length, finish, sizes) => {
        const calls = streamToolCalls(tools);
        calls.push({ index: 0, id: "a", name: "refund" });
        for (const args of chunksOf(text.slice(0, length), sizes)) calls.push({ index: 0, args });
        const isShown = calls.partial()[0]!.arguments.value !== undefined;
        const [call] = calls.end(finish);
        expect(call?.output.status).toBe("refused");
        expect(call?.restart !== undefined).toBe(isShown);
      }),
    );
  });

  it("forgets the calls of an attempt that is started over", () => {
    const calls = streamToolCalls(tools);
    calls.push({ index: 0, id: "a", name: "now", args: "{}" });
    expect(calls.restart("the connection broke")).toEqual({ type: "restart", reason: "the connection broke" });
    expect(calls.partial()).toEqual([]);
    expect(calls.end("stop")).toEqual([]);
  });
});
