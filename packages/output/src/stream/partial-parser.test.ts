import { describe, expect, it } from "vitest";
import { z } from "zod";
import { streamOutput } from "./output-stream.js";

const anything = z.unknown();

/** What is shown after each piece. */
function shown(pieces: readonly string[], schema: z.ZodType = anything): unknown[] {
  const stream = streamOutput(schema);
  return pieces.map((piece) => {
    stream.push(piece);
    return stream.partial().value;
  });
}

describe("where a piece ends", () => {
  it("inside an escape: none of it is shown until all of it has come", () => {
    expect(shown(['{"a":"x\\', "n", "\\u00", "e9", '"}'])).toEqual([
      { a: "x" },
      { a: "x\n" },
      { a: "x\n" },
      { a: "x\n\u00e9" },
      { a: "x\n\u00e9" },
    ]);
  });

  it("inside a surrogate pair, written or escaped: no half of it is shown", () => {
    expect(shown(['["\ud83d', '\ude00"', "]"])).toEqual([[""], ["\u{1f600}"], ["\u{1f600}"]]);
    expect(shown(['["\\ud83d', "\\ude", '00"]'])).toEqual([[""], [""], ["\u{1f600}"]]);
  });

  it("keeps half a pair that stays alone", () => {
    expect(shown(['["\\ud83d', 'x"]'])).toEqual([[""], ["\ud83dx"]]);
  });

  it("inside a number, a literal or a key", () => {
    expect(shown(['{"a":1', "2", ".5,", '"b":tr', "ue,", '"c', '":null}'])).toEqual([
      {},
      {},
      { a: 12.5 },
      { a: 12.5 },
      { a: 12.5, b: true },
      { a: 12.5, b: true },
      { a: 12.5, b: true, c: null },
    ]);
  });

  it("inside a fence or a tag", () => {
    const pieces = ["``", "`json\n", "{", '"a":1', "}\n`", "``"];
    expect(shown(pieces).slice(-3)).toEqual([{}, { a: 1 }, { a: 1 }]);
    expect(shown(["<thi", 'nk>{"a":0}</th', 'ink>{"a":', "1}"])).toEqual([undefined, undefined, {}, { a: 1 }]);
    expect(shown(["<Think>", '{"a":0}</th', 'ink>{"a":', "1}"])).toEqual([undefined, undefined, {}, { a: 1 }]);
  });

  it("after a quote that may be inside: it waits for what follows", () => {
    expect(shown(['{"a":"say "', 'no", then', ' go", "b":1}'])).toEqual([
      { a: "say " },
      { a: 'say "no", then' },
      { a: 'say "no", then go', b: 1 },
    ]);
  });

  it("before a comma or comment that may be inside a text", () => {
    expect(shown(['{"a":"x" /', "/ why\n", ',"b":1}'])).toEqual([{ a: "x" }, { a: "x" }, { a: "x", b: 1 }]);
    expect(shown(['{"a":"km"/', 'h"}'])).toEqual([{ a: "km" }, { a: 'km"/h' }]);
    expect(shown(['["x" /', '* why */ "y"', "]"])).toEqual([["x"], ["x", "y"], ["x", "y"]]);
  });
});

describe("what the schema makes of the parts", () => {
  const schema = z.object({
    count: z.int(),
    kind: z.enum(["bug", "billing"]),
    tags: z.array(z.string()),
    by: z.object({ name: z.string() }),
    userId: z.string().meta({ aliases: ["uid"] }),
  });

  it("shows scalars as they are coerced, once complete, under the schema's names", () => {
    expect(shown(['{"count":"4', '2","kind":"Bu', 'g","USER_ID":"a', 'b"'], schema)).toEqual([
      {},
      { count: 42 },
      { count: 42, kind: "bug", userId: "a" },
      { count: 42, kind: "bug", userId: "ab" },
    ]);
    expect(shown(['{"uid":7}'], schema)).toEqual([{ userId: "7" }]);
  });

  it("shows what has to be judged as a whole when it is whole", () => {
    expect(shown(['{"tags":"one', '","by":"{\\"name\\":', '\\"Ann\\"}"', "}"], schema)).toEqual([
      {},
      { tags: ["one"] },
      { tags: ["one"] },
      { tags: ["one"], by: { name: "Ann" } },
    ]);
  });

  it("shows a date when it is whole, as the text that the schema makes of it", () => {
    expect(shown(['{"at":"2026-0', '5-01T10:00:00Z"', "}"], z.object({ at: z.date() }))).toEqual([
      {},
      {},
      { at: "2026-05-01T10:00:00.000Z" },
    ]);
  });

  it("leaves out keys that the schema does not have, and shows nothing after what breaks it", () => {
    expect(shown(['{"why":{"x":[1]},"count":1', ',"kind":"nonsense","tags":["a"]}'], schema)).toEqual([
      {},
      { count: 1 },
    ]);
    const stream = streamOutput(schema);
    stream.push('{"count":1,"kind":"nonsense","by":{"name":"A"}}');
    const snapshot = stream.partial();
    expect([snapshot.complete(["count"]), snapshot.complete([]), snapshot.complete(["by"])]).toEqual([
      true,
      false,
      false,
    ]);
    expect(stream.end().restart?.reason).toMatch(/^OUTPUT_INVALID/);
  });

  it("goes by the discriminator once it has come", () => {
    const union = z.discriminatedUnion("type", [
      z.object({ type: z.literal("text"), value: z.string() }),
      z.object({ type: z.literal("number"), value: z.number() }),
    ]);
    expect(shown(['{"type":"number","value":"4', '2"}'], union)).toEqual([
      { type: "number" },
      { type: "number", value: 42 },
    ]);
    expect(shown(['{"type":"text","value":"4'], union)).toEqual([{ type: "text", value: "4" }]);
  });
});

describe("hostile text", () => {
  it("shares no prototype and no complete part that could be changed", () => {
    const stream = streamOutput(anything);
    stream.push('{"constructor":{"prototype":{"isAdmin":true}},"a":{"b":[1]},"__proto__":{"isAdmin":true},"c":1}');
    const value = stream.partial().value as Record<string, unknown>;
    expect(value).toEqual({ constructor: { prototype: { isAdmin: true } }, a: { b: [1] } });
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    expect(Object.isFrozen(value.a) && Object.isFrozen((value.a as { b: unknown }).b)).toBe(true);
  });

  it("shows nothing deeper than what is read", () => {
    const stream = streamOutput(anything);
    for (let at = 0; at < 1_000; at += 1) stream.push("[".repeat(1_000));
    expect(JSON.stringify(stream.partial().value)).toBe("[".repeat(256) + "]".repeat(256));
    expect(stream.end()).toMatchObject({ status: "refused", restart: { type: "restart" } });
  });

  it("shows nothing more of a text that is too long to be read", () => {
    const stream = streamOutput(anything);
    stream.push('{"a":1,"b":"');
    const chunk = "x".repeat(1_000_000);
    for (let at = 0; at < 33; at += 1) stream.push(chunk);
    expect((stream.partial().value as { b: string }).b.length).toBeLessThanOrEqual(32_000_000);
  });
});
