import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseOutput } from "./parse-output.js";
import { reaskMessage } from "./reask.js";

describe("reaskMessage", () => {
  it("writes what is wrong under the line that is wrong, then the shape", () => {
    const schema = z.object({ a: z.int(), b: z.string() });
    const answer = '{\n"a": "many",\n"b": "x"\n}';
    const result = parseOutput(answer, schema);
    if (result.status === "value") throw new Error("the answer should have been refused");
    const lines = reaskMessage(answer, result.issues, schema).split("\n");
    expect(lines[lines.indexOf('"a": "many",') + 1]).toMatch(/^\^\^\^ a: .*number/);
    expect(lines.at(-1)).toContain('"required":["a","b"]');
  });
});
