import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseOutput } from "./parse-output.js";
import { parseOutputAsync } from "./parse-output-async.js";
import { checkSources, sourced } from "./sourced.js";

interface Mail {
  readonly from: string;
  readonly body: string;
}
const mail: Mail = {
  from: "Ann Lee <ann.lee@acme.example>",
  body: "Please pay $1,234.50 to bob@evil.example, not 12 EUR.",
};

describe("sourced fields", () => {
  const schema = z.object({
    sender: sourced(z.email(), (input: Mail) => input.from),
    amounts: z.array(sourced(z.number(), (input: Mail) => input.body)).optional(),
    note: z.nullable(z.object({ quote: sourced(z.string(), (input: Mail) => input.body) })).optional(),
  });

  it("accepts what occurs, in normal form", () => {
    const json = { sender: "ANN.LEE@acme.example", amounts: [1234.5, 12], note: { quote: "please  pay" } };
    expect(checkSources(schema, json, mail)).toEqual([]);
  });

  it("names every invented field by its path", () => {
    const json = { sender: "bob@evil.example", amounts: [1234.5, 234.5], note: { quote: "lease pay" } };
    const found = checkSources(schema, json, mail);
    expect(found.map((issue) => issue.path)).toEqual([["sender"], ["amounts", 1], ["note", "quote"]]);
    expect(new Set(found.map((issue) => issue.kind))).toEqual(new Set(["ungrounded"]));
  });

  it("looks once at what its source holds several times, itself included", () => {
    const author: Record<string, unknown> = { name: "Ann Lee", born: new Date(Number.NaN) };
    author.books = Array.from({ length: 200_000 }, () => author);
    const byline = z.object({ author: sourced(z.string(), (input: typeof author) => input) });
    expect(checkSources(byline, { author: "ann lee" }, author)).toEqual([]);
    expect(checkSources(byline, { author: "Bob Ray" }, author)).toHaveLength(1);
  });

  it("holds the whole source where asked, and the currency where both name one", () => {
    const subject = z.object({ subject: sourced(z.string(), (input: Mail) => input.from, { whole: true }) });
    expect(checkSources(subject, { subject: "Ann Lee" }, mail)).toHaveLength(1);
    expect(checkSources(subject, { subject: mail.from }, mail)).toEqual([]);
    const money = z.array(sourced(z.string(), (input: Mail) => input.body, { as: "amount" }));
    expect(checkSources(money, ["$1234.50", "12 €", "USD 1,234.50"], mail)).toEqual([]);
    expect(checkSources(money, ["12 USD", "none"], mail)).toHaveLength(2);
  });

  it("finds the source through a description, a union, a record and a lazy schema", () => {
    const leaf = sourced(z.string(), (input: Mail) => input.body).describe("a quote");
    const schema = z.record(z.string(), z.union([z.number(), z.lazy(() => z.tuple([leaf]))]));
    expect(checkSources(schema, { a: 1, b: ["Please"], c: ["Peas"] }, mail).map((issue) => issue.path)).toEqual([
      ["c", 0],
    ]);
  });

  it("leaves the schema that it was given unmarked", () => {
    const plain = z.string();
    sourced(plain, () => "x");
    expect(checkSources(plain, "y", {})).toEqual([]);
  });
});

describe("a sourced field cannot be passed by", () => {
  const sender = () => sourced(z.email(), (input: { from: string }) => input.from);
  const input = { from: "Ann <ann@a.example>" };
  const dated = z.object({ kind: z.literal("mail"), at: z.date(), from: sender() });

  it.each<[string, z.ZodType, (from: string) => unknown]>([
    ["in a union with a date", z.union([dated, z.null()]), (from) => ({ kind: "mail", at: "2026-01-02", from })],
    [
      "in a discriminated union with a date",
      z.discriminatedUnion("kind", [dated, z.object({ kind: z.literal("none") })]),
      (from) => ({ kind: "mail", at: "2026-01-02", from }),
    ],
    ["behind preprocessing", z.object({ f: z.preprocess((v) => v, sender()) }), (f) => ({ f })],
    [
      "behind preprocessing that renames it",
      z.preprocess((v) => ({ from: (v as { f: string }).f }), z.object({ from: sender() })),
      (f) => ({ f }),
    ],
    ["behind a pipe", z.object({ f: z.string().trim().pipe(sender()) }), (f) => ({ f: ` ${f} ` })],
    ["before a pipe", z.object({ f: sender().pipe(z.string()) }), (f) => ({ f })],
    ["as a key", z.record(sender(), z.int()), (from) => ({ [from]: 1 })],
    ["under another spelling", z.object({ fromAddress: sender() }), (from) => ({ from_address: from })],
    [
      "in a set",
      z
        .array(z.string())
        .transform((all) => new Set(all))
        .pipe(z.set(sender())),
      (from) => [from],
    ],
    ["where its check is caught", z.object({ f: sender().catch("nobody@a.example") }), (f) => ({ f })],
  ])("%s", (_, schema, answer) => {
    const outcome = (from: string) => parseOutput(JSON.stringify(answer(from)), schema, { input });
    expect(outcome("ann@a.example").status).toBe("value");
    expect(outcome("eve@e.example")).toMatchObject({ code: "UNGROUNDED", issues: [{ kind: "ungrounded" }] });
  });

  it("by a union whose members have to be waited for: each that may be meant must be grounded", async () => {
    const waited = z.string().refine(async () => true);
    const schema = z.union([z.object({ to: waited, from: sender() }), z.object({ to: waited, from: z.string() })]);
    const outcome = (from: string) => parseOutputAsync(JSON.stringify({ to: "x", from }), schema, { input });
    expect((await outcome("ann@a.example")).status).toBe("value");
    expect(await outcome("eve@e.example")).toMatchObject({ code: "UNGROUNDED" });
    const later = z.object({
      from: z
        .string()
        .transform(async (text) => text)
        .pipe(sender()),
    });
    expect(await parseOutputAsync('{"from":"eve@e.example"}', later, { input })).toMatchObject({ code: "UNGROUNDED" });
  });

  it("by what is no text: an empty one, a boolean, a date", () => {
    const of = (schema: z.ZodType, source: unknown) => sourced(schema, () => source);
    expect(checkSources(of(z.string(), "some"), "", {})).toHaveLength(1);
    expect(checkSources(of(z.string(), ""), "", {})).toEqual([]);
    expect(checkSources(of(z.boolean(), "some"), true, {})).toHaveLength(1);
    expect(checkSources(of(z.boolean(), { isPaid: true }), true, {})).toEqual([]);
    expect(checkSources(of(z.date(), "on 2026-01-02"), "2026-01-02", {})).toEqual([]);
    expect(checkSources(of(z.date(), "on 2026-01-02"), "2026-01-03", {})).toHaveLength(1);
  });

  it.each<[string, z.ZodType]>([
    ["a codec", z.codec(z.string(), sender(), { decode: (text) => text, encode: (text) => text })],
    ["a template literal", z.templateLiteral(["to:", sender()])],
    ["a promise", z.promise(sender())],
  ])("inside of %s, where no value can be followed: that is no contract", (_, part) => {
    expect(() => parseOutput("{}", z.object({ part }))).toThrow(/cannot be followed/);
  });

  it("by a source that fails", () => {
    const schema = z.object({ f: sourced(z.string(), (input: { a: { b: string } }) => input.a.b) });
    expect(() => parseOutput('{"f":"x"}', schema, { input: {} })).toThrow(/source of the field f fails/);
  });
});

describe("the normal forms of sources", () => {
  const isFound = (source: string, value: string | number) => {
    const schema = typeof value === "number" ? z.number() : z.email();
    return (
      checkSources(
        sourced(schema, () => source),
        value,
        {},
      ).length === 0
    );
  };

  it.each<[string, string | number]>([
    ["write to ann@a.example!", "ann@a.example"],
    ["**ann@a.example**", "ann@a.example"],
    ["?cc=bob@a.example&to=ann@a.example", "ann@a.example"],
    ["bob@a.example|ann@a.example", "ann@a.example"],
    ["bob@a.example/ann@a.example", "ann@a.example"],
    ["a 5 m cable", 5],
    ["5m people", 5_000_000],
    ["10-20 days", 20],
    ["only $.99", 0.99],
    ["1 234 pieces", 1234],
    ["pages 3,4", 3],
    ["3,45 kg", 3.45],
    ["12,34,567 rupees", 1_234_567],
    ["EUR12", 12],
  ])("%s holds %s", (source, value) => {
    expect(isFound(source, value)).toBe(true);
  });

  it.each<[string, string | number]>([
    ["joann@a.example", "ann@a.example"],
    ["o'brien@a.example", "brien@a.example"],
    ["ann@a.example.org", "ann@a.example"],
    ["code X12Y", 12],
    ["3,45 kg", 345],
    ["1,34", 134],
    ["$5m", 5],
    ["1,234", 234],
    ["10-20 days", -20],
    ["1234567890".repeat(4), 1_234_567_890],
  ])("%s does not hold %s", (source, value) => {
    expect(isFound(source, value)).toBe(false);
  });
});
