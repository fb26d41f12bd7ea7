import { describe, expect, it } from "vitest";
import { z } from "zod";
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
