import { describe, expect, it } from "vitest";
import { z } from "zod";
import { explainIssues } from "./explain-issues.js";
import { parseOutput } from "./parse-output.js";
import { reaskMessage } from "./reask.js";

const order = z.strictObject({
  id: z.int().min(1),
  status: z.enum(["open", "paid"]),
  lines: z.array(z.object({ sku: z.string(), price: z.number().optional() })).max(3),
  note: z.string().optional(),
});

function refusal(text: string, schema: z.ZodType = order) {
  const result = parseOutput(text, schema, { finish: "stop" });
  if (result.status === "value") throw new Error("this should have been refused");
  return result;
}

describe("explainIssues", () => {
  it("shows the lines that are wrong with what is wanted there, and no other", () => {
    const text = '{\n  "id": "first",\n  "status": "open",\n  "lines": [\n    {"sku": "a", "price": "much"}\n  ]\n}';
    expect(explainIssues(text, refusal(text).issues, order).split("\n")).toEqual([
      '2| "id": "first",',
      '^ id: integer 1 or more, not "first"',
      '5| {"sku": "a", "price": "much"}',
      '^ lines[0].price: number, not "much"',
    ]);
  });

  it("shows a part of a long line", () => {
    const text = JSON.stringify({ id: 1, status: "lost", note: "x".repeat(500), lines: [] });
    const [line, said, ...rest] = explainIssues(text, refusal(text).issues, order).split("\n");
    expect(line).toMatch(/^1\| \{"id":1,"status":"lost","note":"x+…$/);
    expect(line!.length).toBeLessThan(100);
    expect(said).toBe('^ status: "open" | "paid", not "lost"');
    expect(rest).toEqual([]);
  });

  it("names what is missing and what is too much without a line", () => {
    const text = '{"id":1,"lines":[{}],"total":3}';
    expect(explainIssues(text, refusal(text).issues, order).split("\n")).toEqual([
      '1| {"id":1,"lines":[{}],"total":3}',
      '^ Unrecognized key: "total"',
      '- status is missing: "open" | "paid"',
      "- lines[0].sku is missing: string",
    ]);
  });

  it("says once what is wrong with every item of a list, and not more than twenty things", () => {
    const rows = z.object({ rows: z.array(z.object({ n: z.int() })) });
    const same = JSON.stringify({ rows: Array.from({ length: 30 }, () => ({ n: null })) });
    expect(explainIssues(same, refusal(same, rows).issues, rows).split("\n").slice(1)).toEqual([
      "^ rows[0].n: integer, not null",
      "- 29 more like these",
    ]);
    const different = JSON.stringify({ rows: Array.from({ length: 30 }, (_, n) => ({ n: `no ${n}` })) });
    expect(explainIssues(different, refusal(different, rows).issues, rows).split("\n").at(-1)).toBe(
      "- 10 more like these",
    );
  });

  it("says what it can without the schema", () => {
    const text = '{"id":1,"status":"lost","lines":[]}';
    expect(explainIssues(text, refusal(text).issues)).toContain('^ status: "open" or "paid", not "lost"');
  });
});

describe("reaskMessage", () => {
  it("leaves the whole shape out where single fields are wrong", () => {
    const text = '{"id":1,"status":"lost","lines":[]}';
    const message = reaskMessage(text, refusal(text).issues, order);
    expect(message).not.toContain("sku");
    expect(message).toContain('"open" | "paid"');
  });

  it("says it in short where the whole answer is", () => {
    const text = "It is one open order.";
    expect(reaskMessage(text, refusal(text).issues, order).split("\n")).toEqual([
      "Your answer was not accepted:",
      "- the answer holds no JSON",
      'Wanted: {"id": integer 1 or more, "status": "open" | "paid", "lines": {"sku": string, "price"?: number}[] of at most 3 items, "note"?: string}',
      "Answer again with the whole corrected JSON and nothing else.",
    ]);
  });

  it("asks for a shorter answer after one that was cut", () => {
    const text = '{"id":1,"status":"open","lines":[{"sku":"a';
    expect(reaskMessage(text, refusal(text).issues, order).split("\n")).toEqual([
      "Your answer was not accepted:",
      '1| {"id":1,"status":"open","lines":[{"sku":"a',
      "^ lines[0].sku: the text ends inside a string",
      "^ the answer ends before it is complete",
      "Answer again with the whole JSON, shorter, and nothing else.",
    ]);
  });

  it("places a syntax error and each of several answers", () => {
    const broken = '{"id":1,\n"status" "open"}';
    expect(reaskMessage(broken, refusal(broken).issues, order)).toContain('2| "status" "open"}');
    const two = '{"id":1,"status":"open","lines":[]}\nor\n{"id":2,"status":"open","lines":[]}';
    const lines = reaskMessage(two, refusal(two).issues, order).split("\n");
    expect(lines.filter((line) => /^[13]\| /.test(line))).toHaveLength(2);
  });

  it("says any shape: recursive, tuples, unions, records and dates", () => {
    interface Node {
      readonly next?: Node | undefined;
    }
    const node: z.ZodType<Node> = z.object({
      get next() {
        return node.optional();
      },
    });
    const schema = z.object({
      pair: z.tuple([z.string().max(5), z.boolean()], z.null()),
      either: z.union([z.number().gt(0).lt(1), z.email()]).nullable(),
      by: z.record(z.enum(["a", "b"]), z.array(z.union([z.int(), z.string()])).length(2)),
      at: z.date(),
      node,
      any: z.unknown(),
    });
    const said = reaskMessage("", refusal("", schema).issues, schema);
    expect(said).toContain('"pair": [string of at most 5 characters, boolean, ...null[]]');
    expect(said).toContain('"either": number > 0 < 1 | string (email) | null');
    expect(said).toContain('"by": {["a" | "b"]: (integer | string)[] of 2 items}');
    expect(said).toContain('"at": string (date-time)');
    expect(said).toContain('"node": {"next"?: {…}}');
    expect(said).toContain('"any": anything');
  });

  it("asks for one answer after several, and spells out no more than fifty members or fields", () => {
    const two = '{"id":1,"status":"open","lines":[]} or {"id":2,"status":"open","lines":[]}';
    expect(reaskMessage(two, refusal(two).issues, order)).toContain("Send only one answer.");
    const members = Array.from({ length: 3_000 }, (_, n) => `member${n}`);
    const wide = z.object({ e: z.enum(members), ...Object.fromEntries(members.map((name) => [name, z.string()])) });
    const said = reaskMessage("none", refusal("none", wide).issues, wide);
    expect(said.length).toBeLessThan(3_000);
    expect(said).toContain("… 2950 more");
  });
});
