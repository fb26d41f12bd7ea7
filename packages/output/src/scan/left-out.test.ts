import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseOutput } from "../parse-output.js";

const outcome = (text: string, schema: z.ZodType = z.unknown()) => {
  const result = parseOutput(text, schema, { finish: "stop" });
  return result.status === "value" ? result.value : result.issues[0]?.kind;
};

describe("words that are no value", () => {
  it.each([
    "NONE",
    "nil",
    "Undefined",
    "NAN",
    "-NaN",
    "infinity",
    "0x1F",
    "0b101",
    "1_000",
    "<number>",
    "???",
    "$name",
  ])("%s is refused", (word) => {
    expect(outcome(`{a: ${word}}`)).toBe("lossy_value");
  });

  it.each(["[Object]", "[Array]", "[Circular *1]", "[Function: f]", "[Function (anonymous)]"])(
    "%s is what Node prints",
    (printed) => {
      expect(outcome(`{a: ${printed}}`)).toBe("lossy_value");
    },
  );

  it.each<[string, unknown]>([
    ["Null", null],
    ["$5", "$5"],
    ["none of them", "none of them"],
    ["a_1", "a_1"],
    ["nanny", "nanny"],
    ["[Objects]", ["Objects"]],
  ])("%s is one", (word, value) => {
    expect(outcome(`{a: ${word}}`)).toEqual({ a: value });
  });

  it("is the name of a member where it is the whole answer", () => {
    expect(outcome("NONE", z.enum(["none", "some"]))).toBe("none");
    expect(outcome("NONE", z.string())).toBe("no_json");
  });
});

describe("what was left out", () => {
  it.each(["etc.", "and so on", "and 3 more", "and many others", "..."])("the item %s tells so", (item) => {
    expect(["lossy_value", "ellipsis"]).toContain(outcome(`["a", ${item}]`));
  });

  it.each(["/* rest omitted */", "// ... more\n", "// and so on\n", "# 12 more items\n", "/* etc. */", "// \u2026\n"])(
    "the comment %j tells so",
    (comment) => {
      expect(outcome(`["a", ${comment}]`)).toBe("ellipsis");
    },
  );

  it("is not told by other comments and words", () => {
    expect(outcome('["a", // the best of many\n "b", /* one more time */ andy]')).toEqual(["a", "b", "andy"]);
  });
});

describe("what cannot be read is not called cut", () => {
  it.each(['{"a" 1}', '{"a" = 1}', '{"a" => 1}', '{"a": "Rome" (Italy)}', '{"a": "b {}".format("c")}'])(
    "%s",
    (text) => {
      expect(outcome(text)).toBe("syntax");
    },
  );

  it.each(['{"a": 1, "b', '{"a": "x', '{"a": "say "hi" the', '{"a": 1, "b": [1, 2'])("%s is", (text) => {
    expect(outcome(text)).toBe("truncated");
  });
});
