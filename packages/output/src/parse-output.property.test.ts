import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseOutput } from "./parse-output.js";
import { changesOf, partsOf, readDialect } from "./scan/dialect.js";
import { parseStrict } from "./scan/strict.js";

const anything = z.unknown();
const json = fc.jsonValue({ maxDepth: 5 }).filter((value) => !JSON.stringify(value).includes("__proto__"));
const container = json.filter((value) => typeof value === "object" && value !== null);

describe("promises of parseOutput", () => {
  it("reads what JSON.stringify wrote as what JSON.parse reads, without a change", () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = JSON.stringify(value);
        expect(parseOutput(text, anything)).toMatchObject({ status: "value", value: JSON.parse(text), changes: [] });
      }),
    );
  });

  it.each([true, false])("reads JSON with its own reader as JSON.parse does, strictly or not (%s)", (isStrict) => {
    fc.assert(
      fc.property(container, (value) => {
        const text = JSON.stringify(value, null, 1);
        const reading = readDialect(text, 0, isStrict, "values");
        expect(reading).toMatchObject({ status: "closed", issues: [] });
        expect(changesOf(reading)).toEqual([]);
        expect(reading.node.value).toEqual(JSON.parse(text));
        expect(partsOf(reading).value).toEqual(reading.node.value);
      }),
    );
  });

  it("never throws and never returns what the schema does not allow", () => {
    const schema = z.strictObject({ a: z.int(), b: z.string(), c: z.array(z.enum(["x", "y"])).optional() });
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      '"',
      "'",
      ":",
      ",",
      "a",
      "b",
      "c",
      "1",
      "2.5",
      "\\",
      "\n",
      " ",
      "x",
      "...",
      "```",
      "//",
      "null",
      "<think>",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const result = parseOutput(pieces.join(""), schema, { finish: "stop" });
        if (result.status === "value") expect(schema.safeParse(result.value).success).toBe(true);
        else expect(result.issues.length).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });

  it("never makes a value of an answer that was cut before its last bracket", () => {
    const schema = z.object({ items: z.array(z.object({ n: z.number(), s: z.string() })) });
    const items = fc.array(fc.record({ n: fc.integer(), s: fc.string() }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(items, fc.double({ min: 0, max: 0.999, noNaN: true }), (list, share) => {
        const text = JSON.stringify({ items: list });
        const result = parseOutput(text.slice(0, Math.floor(text.length * share)), schema, { finish: "length" });
        expect(result.status).toBe("refused");
      }),
    );
  });

  it("applies each syntax change to the text and reads the same value from it", () => {
    const member = fc.tuple(
      fc.stringMatching(/^[a-z]{1,6}$/),
      fc.oneof(fc.integer(), fc.boolean(), fc.stringMatching(/^[a-z ]{0,8}$/)),
    );
    fc.assert(
      fc.property(fc.uniqueArray(member, { selector: ([key]) => key, minLength: 1, maxLength: 6 }), (members) => {
        const text = `Sure:\n{${members.map(([key, value]) => `${key}: ${typeof value === "string" ? `'${value}'` : value === true ? "True" : value},`).join("\n")}}`;
        const result = parseOutput(text, anything);
        if (result.status !== "value") throw new Error(JSON.stringify(result.issues));
        expect(result.value).toEqual(Object.fromEntries(members));
        let mended = text;
        const changes = result.changes.filter((change) => change.span !== undefined);
        for (const change of changes.sort((left, right) => right.span!.start - left.span!.start)) {
          expect(text.slice(change.span!.start, change.span!.end)).toBe(change.before);
          mended = mended.slice(0, change.span!.start) + String(change.after) + mended.slice(change.span!.end);
        }
        expect(JSON.parse(mended)).toEqual(result.value);
      }),
    );
  });

  it("sends every loss of JSON.parse the slow way", () => {
    for (const text of ['{"a":1,"a":2}', "[9007199254740993]", "[1e999]", '{"__proto__":1}', '{"\\u005f_proto__":1}']) {
      expect(parseStrict(text)).toBeUndefined();
      expect(parseOutput(text, anything)).toMatchObject({ status: "refused", code: "OUTPUT_INVALID" });
    }
  });
});

describe("hostile text", () => {
  const schema = z.object({ a: z.int() });
  const units = ["[", '{"a":', '"\\', "`", "<think>", '"', ",", "{a", "[x}", "{} ", "[1]{", "[/*", "{a:", '[" ', "{{}"];

  it.each(units)("%s, two hundred thousand times, is refused with a reason", (unit) => {
    const result = parseOutput(unit.repeat(200_000), schema, { finish: "stop" });
    expect(result.status).toBe("refused");
    expect(result.status === "refused" && result.issues[0]?.kind).toBeTruthy();
  });

  it("cannot reach a prototype", () => {
    for (const key of ["__proto__", "constructor", "prototype"]) {
      parseOutput(`{${key}: {isAdmin: true}, "a": 1,}`, z.looseObject({ a: z.int() }), { finish: "stop" });
      parseOutput(`{"${key}": {"isAdmin": true}, "a": 1}`, z.looseObject({ a: z.int() }));
      expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    }
  });
});
