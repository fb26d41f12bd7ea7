import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseOutput } from "./parse-output.js";
import { sourced } from "./sourced.js";
import { text } from "./text.js";

const point = z.object({ a: z.int(), b: z.string() });

describe("parseOutput", () => {
  it("reads plain and fenced JSON", () => {
    expect(parseOutput('{"a":1,"b":"x"}', point)).toMatchObject({
      status: "value",
      value: { a: 1, b: "x" },
      changes: [],
    });
    expect(parseOutput('```json\n{"a":1,"b":"x"}\n```', point)).toMatchObject({
      status: "value",
      value: { a: 1, b: "x" },
    });
  });

  it("keeps the candidate apart from the value that a transform makes of it", () => {
    const schema = z.object({ at: z.string().transform((iso) => new Date(iso)) });
    expect(parseOutput('{"at":"2026-01-02T00:00:00Z"}', schema)).toMatchObject({
      json: { at: "2026-01-02T00:00:00Z" },
      value: { at: new Date("2026-01-02T00:00:00Z") },
    });
  });

  it("refuses by code: a refusal, a cut, an invalid and an invented value", () => {
    const code = (...args: Parameters<typeof parseOutput>) => {
      const result = parseOutput(...args);
      return result.status === "refused" ? result.code : result.value;
    };
    expect(code("", point, { refusal: "I may not." })).toBe("OUTPUT_REFUSED");
    expect(code('{"a":1,"b":"x', point, { finish: "length" })).toBe("OUTPUT_TRUNCATED");
    expect(code('{"a":1}', point)).toBe("OUTPUT_INVALID");
    const owned = z.object({ name: sourced(z.string(), (input: string) => input) });
    expect(code('{"name":"Bob"}', owned, { input: "from Ann" })).toBe("UNGROUNDED");
    expect(code('{"name":"Ann"}', owned, { input: "from Ann" })).toEqual({ name: "Ann" });
  });

  it("returns prose as it is", () => {
    expect(parseOutput('{"a":1} is JSON', text())).toMatchObject({ status: "value", value: '{"a":1} is JSON' });
  });

  it.each([
    ["a list of texts", z.array(z.string())],
    ["one in a union", z.union([z.number(), z.array(z.string()).nullable()])],
    ["lists in lists", z.array(z.array(z.string()))],
    ["a JSON Schema", { type: "array", items: { type: "string" } }],
  ])("takes no prose for %s", (_, schema) => {
    for (const prose of ["No tags found.", "<html><body>502 Bad Gateway</body></html>", '"a" "b"', "billing"]) {
      const result = parseOutput(prose, schema as z.ZodType, { finish: "stop" });
      expect(result).toMatchObject({ code: "OUTPUT_INVALID", issues: [{ kind: "no_json" }] });
    }
  });

  it("refuses, with an issue, what makes the schema's own code fail", () => {
    const parsing = z.object({ a: z.string().transform((text) => JSON.parse(text) as unknown) });
    expect(parseOutput('{"a":"x"}', parsing)).toMatchObject({ code: "OUTPUT_INVALID", issues: [{ kind: "custom" }] });
    const silent = { "~standard": { version: 1, vendor: "test", validate: () => ({ issues: [] }) } } as const;
    expect(parseOutput('{"a":"x"}', silent)).toMatchObject({ code: "OUTPUT_INVALID", issues: [{ kind: "invalid" }] });
  });
});
