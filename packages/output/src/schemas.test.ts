import { describe, expect, it } from "vitest";
import { z } from "zod";
import { z as z3 } from "zod/v3";
import { parseOutput } from "./parse-output.js";
import { parseOutputAsync } from "./parse-output-async.js";
import type { StandardSchema } from "./standard-schema.js";
import { validateJson } from "./validate-json.js";

function outcome(text: string, schema: z.ZodType): unknown {
  const result = parseOutput(text, schema, { finish: "stop" });
  if (result.status === "value") return result.value;
  return result.issues.map(({ kind, path }) => `${kind} ${path.join(".")}`.trim());
}

interface Tree {
  readonly name: string;
  readonly children: readonly Tree[];
}
const tree: z.ZodType<Tree> = z.object({
  name: z.string(),
  get children() {
    return z.array(tree);
  },
});
const list: z.ZodType = z.lazy(() => z.object({ value: z.int(), next: list.nullable() }));
const shape = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("circle"), radius: z.number() }),
  z.object({ kind: z.literal("square"), side: z.number(), corners: z.literal(4) }),
]);

describe("zod 4", () => {
  it.each<[string, z.ZodType, string, unknown]>([
    ["a refinement that holds", z.object({ a: z.int().refine((n) => n % 2 === 0) }), '{"a":"2"}', { a: 2 }],
    ["a transform", z.object({ a: z.string().transform(Number) }), '{"a":"2"}', { a: 2 }],
    ["a transform of a number", z.object({ a: z.number().transform((n) => n * 2) }), '{"a":"2"}', { a: 4 }],
    ["a pipe", z.string().pipe(z.coerce.number()), '"7"', 7],
    ["a preprocessing that comes first", z.preprocess((v) => [v].flat(), z.array(z.int())), "7", [7]],
    ["a default", z.object({ a: z.int().default(1), b: z.int() }), '{"b":2}', { a: 1, b: 2 }],
    ["a prefault", z.object({ a: z.string().trim().prefault(" x ") }), "{}", { a: "x" }],
    ["an optional", z.object({ a: z.int().optional() }), "{a:null,}", {}],
    ["a nullable", z.object({ a: z.int().nullable() }), '{"a":"null"}', { a: null }],
    ["a record", z.record(z.string(), z.int()), "{x:'1',y:2}", { x: 1, y: 2 }],
    ["a record over an enum", z.record(z.enum(["a_b", "c"]), z.int()), '{"A-B":1,"C":2}', { a_b: 1, c: 2 }],
    ["a tuple", z.tuple([z.string(), z.int()]), "['a','1']", ["a", 1]],
    ["a tuple with a rest", z.tuple([z.string()], z.boolean()), "['a',True,'false']", ["a", true, false]],
    ["a discriminated union", shape, '{"kind":"Circle","radius":"2.5"}', { kind: "circle", radius: 2.5 }],
    ["a literal number", shape, '{kind:square,side:1,corners:"4"}', { kind: "square", side: 1, corners: 4 }],
    [
      "an intersection",
      z.intersection(z.object({ a: z.int() }), z.object({ b: z.int() })),
      "{a:'1',b:'2'}",
      { a: 1, b: 2 },
    ],
    [
      "a getter",
      tree,
      "{name:'a',children:[{name:'b',children:[]}]}",
      { name: "a", children: [{ name: "b", children: [] }] },
    ],
    ["a lazy", list, '{"value":"1","next":{"value":2,"next":null}}', { value: 1, next: { value: 2, next: null } }],
    ["an ISO day", z.object({ on: z.iso.date() }), '{"on":"2026-02-28"}', { on: "2026-02-28" }],
    [
      "an ISO time",
      z.object({ at: z.iso.datetime() }),
      '{"at":"2026-02-28T10:00:00Z"}',
      { at: "2026-02-28T10:00:00Z" },
    ],
    ["a catchall", z.object({ a: z.int() }).catchall(z.int()), '{"a":1,"b":"2"}', { a: 1, b: 2 }],
    ["the truth of a word", z.object({ a: z.coerce.boolean() }), '{"a":"false"}', { a: false }],
    ["a brand", z.object({ id: z.string().brand("id") }), "{id: 7}", { id: "7" }],
    ["a template", z.templateLiteral(["v", z.int()]), '"v12"', "v12"],
  ])("%s", (_, schema, text, value) => {
    expect(outcome(text, schema)).toEqual(value);
  });

  it.each<[string, z.ZodType, string, string[]]>([
    ["a refinement that fails", z.object({ a: z.int().refine((n) => n % 2 === 0) }), '{"a":3}', ["custom a"]],
    [
      "a refinement of the whole",
      z.object({ a: z.int(), b: z.int() }).refine((v) => v.a < v.b, { path: ["b"] }),
      '{"a":2,"b":"1"}',
      ["custom b"],
    ],
    ["a missing field of the nearest member", shape, '{"kind":"square","side":1}', ["missing corners"]],
    ["an unknown discriminator", shape, '{"kind":"line"}', ["invalid_union kind"]],
    ["a day that is none", z.object({ on: z.iso.date() }), '{"on":"2026-02-30"}', ["invalid_format on"]],
    ["a tuple cut short", z.tuple([z.string(), z.int()]), '["a"]', ["too_small"]],
    ["a strange key of a record", z.record(z.enum(["a"]), z.int()), '{"a":1,"b":2}', ["unrecognized_keys"]],
    ["a strict object", z.strictObject({ a: z.int() }), '{"a":1,"b":2}', ["unrecognized_keys"]],
    [
      "the nearest member of a union",
      z.object({
        x: z.union([z.object({ a: z.int(), b: z.int() }), z.object({ c: z.int(), d: z.int(), e: z.int() })]),
      }),
      '{"x":{"a":1,"b":"many"}}',
      ["invalid_type x.b"],
    ],
  ])("names %s", (_, schema, text, issues) => {
    expect(outcome(text, schema)).toEqual(issues);
  });
});

describe("dates", () => {
  const event = z.object({ at: z.date().min(new Date("2020-01-01")), ends: z.array(z.date()).optional() });

  it("come out of ISO texts, as a listed coercion", () => {
    const result = parseOutput('{"at":"2026-03-01T12:00:00+02:00","ends":["2026-03-02"]}', event);
    expect(result).toMatchObject({
      value: { at: new Date("2026-03-01T10:00:00Z"), ends: [new Date("2026-03-02T00:00:00Z")] },
      json: { at: "2026-03-01T10:00:00.000Z", ends: ["2026-03-02T00:00:00.000Z"] },
      changes: [
        { kind: "date_from_text", class: "coercion", path: ["at"], before: "2026-03-01T12:00:00+02:00" },
        { kind: "date_from_text", path: ["ends", 0] },
      ],
    });
    if (result.status !== "value") throw new Error("the dates should have been read");
    expect(validateJson(result.json, event)).toMatchObject({ status: "value", value: result.value });
  });

  it.each(["2026-02-30", "2026-03-01T12:00:00", "01.03.2026", "March 1, 2026", "2026", "2026-13-01"])(
    "do not come out of %s",
    (text) => {
      expect(parseOutput(JSON.stringify({ at: text }), event)).toMatchObject({ code: "OUTPUT_INVALID" });
    },
  );

  it("are still judged by the schema, and stay texts where they are switched off", () => {
    expect(outcome('{"at":"2019-12-31"}', event)).toEqual(["too_small at"]);
    expect(parseOutput('{"at":"2026-03-01"}', event, { without: ["date_from_text"] }).status).toBe("refused");
  });
});

describe("validators of other libraries", () => {
  const old = z3.object({ a: z3.number(), b: z3.string().transform((text) => text.length) });

  it("judge what syntax makes of the text", () => {
    expect(parseOutput("{a: 1, b: 'xyz',}", old)).toMatchObject({ status: "value", value: { a: 1, b: 3 } });
    expect(parseOutput("{a: '1', b: 'x'}", old)).toMatchObject({
      issues: [{ path: ["a"], span: { start: 4, end: 7 } }],
    });
  });

  it("coerce by the JSON Schema that comes with them, or that the caller gives", () => {
    const jsonSchema = { type: "object", properties: { a: { type: "number" }, b: { type: "string" } } };
    expect(parseOutput("{a: '1', b: 'x'}", old, { jsonSchema })).toMatchObject({ value: { a: 1, b: 1 } });
    const telling: StandardSchema<number> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (value) => (typeof value === "number" ? { value } : { issues: [{ message: "no number" }] }),
        jsonSchema: { input: () => ({ type: "number" }) },
      },
    };
    expect(parseOutput('"42"', telling)).toMatchObject({ value: 42 });
    expect(parseOutput('"many"', telling)).toMatchObject({ issues: [{ kind: "invalid", message: "no number" }] });
  });
});

describe("a JSON Schema", () => {
  const parameters = {
    type: "object",
    properties: {
      city: { type: "string" },
      days: { type: "integer", minimum: 1 },
      unit: { enum: ["celsius", "kelvin"] },
    },
    required: ["city", "days"],
    additionalProperties: false,
  };

  it("is a contract for the arguments of a tool", () => {
    expect(parseOutput('{"city":"Rome","days":"3","unit":"Celsius"}', parameters)).toMatchObject({
      value: { city: "Rome", days: 3, unit: "celsius" },
    });
    expect(parseOutput('{"city":"Rome","days":0}', parameters)).toMatchObject({ issues: [{ path: ["days"] }] });
    expect(parseOutput('{"city":"Rome"}', parameters)).toMatchObject({ issues: [{ kind: "missing", path: ["days"] }] });
    expect(parseOutput('{"city":"Rome","days":1,"n":1}', parameters).status).toBe("refused");
  });

  it.each(['{"city":"Rome","days":3', '{"city":"Rome","days":', '{"city":"Ro', "{", ""])(
    "never takes arguments that are cut: %s",
    (text) => {
      expect(parseOutput(text, parameters).status).toBe("refused");
      expect(parseOutput(text, parameters, { finish: "length" })).toMatchObject({ code: "OUTPUT_TRUNCATED" });
    },
  );
});

describe("checks that have to be waited for", () => {
  const asked: unknown[] = [];
  const taken = z.object({
    name: z.string().refine(async (name) => {
      asked.push(name);
      return name !== "root";
    }),
    n: z.int(),
  });

  it("are waited for, once a candidate", async () => {
    const text = 'Maybe {"name":"root","n":"1"}? No: {"name":"ann","n":"2"}';
    const result = await parseOutputAsync(text, taken);
    expect(result).toMatchObject({ status: "value", value: { name: "ann", n: 2 } });
    expect(result.changes.map(({ kind }) => kind)).toEqual(["text_before", "number_from_text"]);
    expect(asked.filter((name) => name === "ann")).toHaveLength(1);
    expect(await parseOutputAsync('{"name":"root","n":1}', taken)).toMatchObject({
      status: "refused",
      issues: [{ kind: "custom", path: ["name"], received: "root" }],
    });
  });

  it("are an error of the caller who does not wait", () => {
    expect(() => parseOutput('{"name":"ann","n":2}', taken)).toThrow(/parseOutputAsync/);
    const later: StandardSchema = {
      "~standard": { version: 1, vendor: "test", validate: async (value) => ({ value }) },
    };
    expect(() => parseOutput("{}", later)).toThrow(/parseOutputAsync/);
  });

  it("are not needed", async () => {
    expect(await parseOutputAsync("{a:'1'}", z.object({ a: z.int() }))).toMatchObject({ value: { a: 1 } });
    expect(await parseOutputAsync("{a:'1'}", { type: "object" })).toMatchObject({ value: { a: "1" } });
    expect(await parseOutputAsync("Cut", z.string(), { finish: "length" })).toMatchObject({ code: "OUTPUT_TRUNCATED" });
  });
});
