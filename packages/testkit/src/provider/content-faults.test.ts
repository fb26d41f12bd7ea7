import { describe, expect, test } from "vitest";
import type { Fault } from "./fault.js";
import { completed, streamed, useProvider } from "./provider.fixture.js";

const run = useProvider();

describe("faults of the model's words", () => {
  const value = { sender: "ann@example.org", urgency: 3, tags: ["a"] };

  async function say(fault: Fault) {
    const client = await run.start({ respond: () => JSON.stringify(value), faults: () => fault });
    const [choice] = (await completed(client)).choices;
    const stream = await streamed(client);
    expect(stream.text).toBe(choice?.message.content ?? "");
    expect(stream.finish).toBe(choice?.finish_reason);
    return { text: choice?.message.content ?? "", finish: choice?.finish_reason, refusal: choice?.message.refusal };
  }

  test("truncated, by the limit and in silence", async () => {
    const { text, finish } = await say({ kind: "truncated_json" });
    expect(JSON.stringify(value).startsWith(text)).toBe(true);
    expect(() => JSON.parse(text)).toThrow();
    expect(finish).toBe("length");
    expect((await say({ kind: "truncated_json", finish: "stop" })).finish).toBe("stop");
  });

  test("prose, wrong types, missing field, fabricated value", async () => {
    const prose = await say({ kind: "prose_around_json" });
    expect(prose.text).toContain(JSON.stringify(value));
    expect(() => JSON.parse(prose.text)).toThrow();
    const types = JSON.parse((await say({ kind: "wrong_types" })).text);
    expect(types).toEqual({ sender: 15, urgency: "about 3", tags: 'about ["a"]' });
    const missing = JSON.parse((await say({ kind: "missing_field", field: "urgency" })).text);
    expect(missing).toEqual({ sender: "ann@example.org", tags: ["a"] });
    const fabricated = JSON.parse((await say({ kind: "fabricated_value", value: "eve@example.org" })).text);
    expect(fabricated).toEqual({ ...value, sender: "eve@example.org" });
  });

  test("refusal, content filter, rewriting", async () => {
    expect(await say({ kind: "refusal", text: "No." })).toEqual({ text: "", finish: "stop", refusal: "No." });
    expect((await say({ kind: "refusal", asText: true })).text).toBe("I cannot help with that.");
    expect((await say({ kind: "content_filter" })).finish).toBe("content_filter");
    expect((await say({ kind: "rewrite", rewrite: (text) => text.toUpperCase() })).text).toContain("ANN@EXAMPLE.ORG");
  });
});
