import { AIMessageChunk } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { StreamAssembly } from "./stream-assembly.js";

type Piece = { index?: number; id?: string; name?: string; args?: string };

const look = (args: string) => ({ name: "look", argumentsText: args });

const text = (content: string) => new AIMessageChunk(content);
const calls = (...pieces: Piece[]) =>
  new AIMessageChunk({
    content: "",
    tool_call_chunks: pieces.map((piece) => ({ type: "tool_call_chunk" as const, ...piece })),
  });

describe("StreamAssembly", () => {
  it("takes the arguments of the answer's tool for the text, and what was said before them for none", () => {
    const assembly = new StreamAssembly("row");
    const brought = [
      text("Well: "),
      calls({ index: 0, id: "c", name: "row", args: "" }),
      calls({ index: 0, args: '{"a":' }),
      calls({ index: 0, args: "1}" }),
      text("There."),
    ].map((chunk) => assembly.add(chunk));
    expect(brought.map(({ delta }) => delta)).toEqual(["Well: ", "", '{"a":', "1}", ""]);
    expect(brought.map(({ isAnew }) => isAnew)).toEqual([false, false, true, false, false]);
    expect(brought.flatMap(({ toolDeltas }) => toolDeltas)).toEqual([]);
    expect(brought.every(({ progress }) => progress)).toBe(true);
    expect(assembly.answer()).toMatchObject({ text: '{"a":1}', toolCalls: [] });
  });

  it("withdraws nothing where nothing was said before", () => {
    const assembly = new StreamAssembly("row");
    expect(assembly.add(calls({ index: 0, id: "c", name: "row", args: "{}" }))).toMatchObject({
      delta: "{}",
      isAnew: false,
    });
  });

  it("takes no count that came while the answer was written for the bill of one that was ended", () => {
    const counted = (input: number, output: number, extra: object = {}) =>
      new AIMessageChunk({
        content: "",
        usage_metadata: { input_tokens: input, output_tokens: output, total_tokens: input + output },
        ...extra,
      });
    const assembly = new StreamAssembly();
    for (const chunk of [counted(100, 1), text("many words")]) assembly.add(chunk);
    expect(assembly.partial()).toMatchObject({ text: "many words" });
    expect(assembly.partial()).not.toHaveProperty("usage");
    assembly.add(counted(0, 40, { response_metadata: { finish_reason: "stop" } }));
    expect(assembly.partial().usage).toEqual({ inputTokens: 100, outputTokens: 41 });
  });

  it("takes the first of several answers", () => {
    const assembly = new StreamAssembly("row");
    const one = { index: 0, id: "c", name: "row", args: '{"a":1}' };
    const deltas = [calls(one), calls({ index: 1, id: "d", name: "row", args: '{"a":2}' })].map(
      (chunk) => assembly.add(chunk).delta,
    );
    expect(deltas.join("")).toBe('{"a":1}');
    expect(assembly.answer().text).toBe('{"a":1}');
  });

  it("passes on the pieces of every other call", () => {
    const assembly = new StreamAssembly("row");
    const brought = [
      calls({ index: 0, id: "c", name: "look", args: "" }, { index: 1, id: "d", name: "now", args: "{}" }),
      calls({ index: 0, args: '{"at":' }),
      calls({ index: 0, args: '"Oslo"}' }),
    ].map((chunk) => assembly.add(chunk));
    expect(brought.map(({ delta }) => delta).join("")).toBe("");
    expect(brought.flatMap(({ toolDeltas }) => toolDeltas)).toEqual([
      { index: 0, id: "c", name: "look", args: "" },
      { index: 1, id: "d", name: "now", args: "{}" },
      { index: 0, args: '{"at":' },
      { index: 0, args: '"Oslo"}' },
    ]);
    expect(assembly.answer().toolCalls).toEqual([
      { id: "c", name: "look", argumentsText: '{"at":"Oslo"}' },
      { id: "d", name: "now", argumentsText: "{}" },
    ]);
  });

  it("numbers calls that the server does not number", () => {
    const assembly = new StreamAssembly();
    const pieces = [
      { id: "c", name: "look", args: '{"at":' },
      { args: '"Oslo"}' },
      { id: "d", name: "look", args: "{}" },
      { name: "now", args: "{}" },
    ];
    const indices = pieces.flatMap((piece) => assembly.add(calls(piece)).toolDeltas.map(({ index }) => index));
    expect(indices).toEqual([0, 0, 1, 2]);
    expect(assembly.answer().toolCalls.map(({ argumentsText }) => argumentsText)).toEqual([
      '{"at":"Oslo"}',
      "{}",
      "{}",
    ]);
  });

  it.each([1e9, -1, 0.5])("takes a call that a server numbers %d, at once", (index) => {
    const assembly = new StreamAssembly();
    const pieces = [
      { index: 0, id: "c", name: "look", args: "{}" },
      { index, id: "d", name: "look", args: "" },
    ];
    for (const piece of [...pieces, { index, args: '{"at":1}' }]) assembly.add(calls(piece));
    const startedAt = performance.now();
    const { toolCalls } = assembly.answer();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(toolCalls).toHaveLength(2);
    expect(toolCalls).toEqual(
      expect.arrayContaining([
        { id: "d", ...look('{"at":1}') },
        { id: "c", ...look("{}") },
      ]),
    );
  });

  it("keeps calls apart to which a server gives one number", () => {
    const assembly = new StreamAssembly();
    const indices = ["c", "d"].flatMap(
      (id) => assembly.add(calls({ index: 0, id, name: "look", args: "{}" })).toolDeltas[0]?.index,
    );
    expect(indices).toEqual([0, 1]);
    expect(assembly.answer().toolCalls).toEqual(["c", "d"].map((id) => ({ id, ...look("{}") })));
  });

  it.each<[string, Piece[]]>([
    [
      "a name",
      [
        { index: 0, id: "c" },
        { index: 0, name: "look" },
      ],
    ],
    [
      "an id and a name",
      [
        { index: 0, id: "c" },
        { index: 0, id: "c", name: "look" },
      ],
    ],
    ["an id and a name, without a number", [{ id: "c" }, { id: "c", name: "look" }]],
    [
      "ever new ids",
      [
        { index: 0, id: "c" },
        { index: 0, id: "d" },
      ],
    ],
  ])("reads one call where every piece of it has %s", (_, [first, again]) => {
    const assembly = new StreamAssembly();
    const texts = ['{"at":', '"Oslo"', "}"];
    const deltas = texts.flatMap((args, index) => {
      const piece = index === 0 ? { name: "look", ...first } : again;
      return assembly.add(calls({ ...piece, args })).toolDeltas;
    });
    expect(deltas.map(({ index, name }) => [index, name])).toEqual([
      [0, "look"],
      [0, undefined],
      [0, undefined],
    ]);
    expect(assembly.answer().toolCalls).toEqual([{ id: "c", ...look('{"at":"Oslo"}') }]);
  });

  it("writes down arguments that come as an object", () => {
    const assembly = new StreamAssembly();
    assembly.add(calls({ index: 0, id: "c", name: "look", args: { at: "Oslo" } as unknown as string }));
    expect(assembly.answer().toolCalls).toEqual([{ id: "c", ...look('{"at":"Oslo"}') }]);
  });

  it.each([
    ["beside the answer", { service_tier: "flex" }],
    ["in the usage", { usage: { service_tier: "flex" } }],
  ])("keeps the service tier that was told %s", (_, response_metadata) => {
    const assembly = new StreamAssembly();
    assembly.add(new AIMessageChunk({ content: "word", response_metadata }));
    expect(assembly.answer().usage).toBeUndefined();
    assembly.add(
      new AIMessageChunk({ content: "", usage_metadata: { input_tokens: 1, output_tokens: 2, total_tokens: 3 } }),
    );
    expect(assembly.answer().usage).toEqual({ inputTokens: 1, outputTokens: 2, serviceTier: "flex" });
  });
});
