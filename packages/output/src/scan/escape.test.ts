import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseOutput } from "../parse-output.js";
import { streamOutput } from "../stream/output-stream.js";

const one = z.object({ s: z.string() });

function read(inner: string): unknown {
  const result = parseOutput(`{"s":"${inner}"}`, one, { finish: "stop" });
  return result.status === "value" ? result.value.s : result.issues[0]?.kind;
}

describe("escapes that JSON does not know", () => {
  it.each([
    ["\\d+\\.\\d+", "\\d+\\.\\d+"],
    ["\\(x \\in A\\)", "\\(x \\in A\\)"],
    ["snake\\_case, 5\\$", "snake_case, 5$"],
    ['say \\"\\d\\"', 'say "\\d"'],
    ["it\\'s \\w", "it's \\w"],
    ["\\usepackage", "\\usepackage"],
    ["C:\\Users\\new\\table", "C:\\Users\\new\\table"],
    ["caf\\u00e9\\n5\\$", "caf\u00e9\n5$"],
  ])("%s has one reading", (inner, expected) => {
    expect(read(inner)).toBe(expected);
  });

  it.each([
    "\\alpha + \\beta",
    "\\d+\\b\\w",
    "see C:\\Users\\name",
    "src\\main\\new",
    "C:\\Users\\\\bob\\new",
    "\\\\srv\\share\\new",
    "\\d{2}\\/\\d{2}",
    "\\x41",
    "\\u00e",
    "\\u{1F600}",
    "\\U0001F600",
    "a\\0",
    "one \\\ntwo",
  ])("%s has several", (inner) => {
    expect(read(inner)).toBe("lossy_value");
  });

  it("are shown by a stream only as far as they have one reading", () => {
    const shown = (inner: string) => {
      const stream = streamOutput(one);
      for (const char of `{"s":"${inner}"}`) stream.push(char);
      return [stream.partial().value, stream.partial().complete(["s"])];
    };
    expect(shown("\\d+\\.\\d+")).toEqual([{ s: "\\d+\\.\\d+" }, true]);
    expect(shown("\\alpha + \\beta")).toEqual([{ s: "\\alpha + " }, false]);
    expect(shown("\\(x \\in")).toEqual([{ s: "(x " }, false]);
    expect(shown("a \\x41")).toEqual([{ s: "a " }, false]);
  });
});

describe("numbers that a double does not keep", () => {
  const value = (word: string) => {
    const result = parseOutput(`{"n":${word}}`, z.object({ n: z.number() }), { finish: "stop" });
    return result.status === "value" ? result.value.n : result.issues[0]?.kind;
  };
  it.each([
    "9007199254740993",
    "9007199254740993.0",
    "9007199254740993e0",
    "9.007199254740993e15",
    "12345678901234567.89",
    "-12345678901234567.89",
    "1e-400",
    "1e400",
  ])("%s is refused", (word) => {
    expect(value(word)).toBe("lossy_value");
  });

  it.each([
    "9007199254740992.0",
    "18446744073709551616",
    "1E22",
    "123e45",
    "1.7976931348623157e308",
    "5e-324",
    "0e-400",
    "0.1",
    "3.141592653589793238",
    "-0.0",
    "100000000000000000.00",
  ])("%s is kept", (word) => {
    expect(value(word)).toBe(Number(word));
  });
});
