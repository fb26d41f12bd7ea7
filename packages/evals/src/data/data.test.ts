import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryJournal } from "@armature/journal";
import { fakeRecord } from "@armature/testkit";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { csv } from "./csv.js";
import { dataSet } from "./data-set.js";
import { casesFromJournal, fromJournal } from "./from-journal.js";
import { jsonl } from "./jsonl.js";

const folder = mkdtempSync(join(tmpdir(), "data-"));
afterAll(() => rmSync(folder, { recursive: true }));
function file(text: string, name = "cases"): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("dataSet", () => {
  it("has a hash of its cases", () => {
    const hash = (...cases: object[]) => dataSet("x", cases).hash;
    expect(hash({ id: "a", input: 1 })).toBe(hash({ input: 1, id: "a" }));
    expect(hash({ id: "a", input: 1 })).not.toBe(hash({ id: "a", input: 2 }));
  });

  it("lists every case that is none", () => {
    expect(() =>
      dataSet("x", [
        { id: "a", input: 1 },
        { id: "a", input: 1 },
        { id: "", inputs: 1 },
      ]),
    ).toThrow(/x, case 2: id: "a" occurs twice\nx, case 3: id/);
    expect(() => dataSet("x", [])).toThrow(/there is no case/);
  });
});

describe("jsonl", () => {
  it("reads a case a line and names the line of what is wrong", () => {
    expect(jsonl(file('{"id":"a","input":{"x":1}}\n\n{"id":"b","input":2,"expected":[1]}\n')).cases).toHaveLength(2);
    expect(jsonl(file('\uFEFF{"id":"a","input":1}\r\n{"id":"b","input":2}\r\n')).cases).toHaveLength(2);
    expect(() => jsonl(file('{"id":"a","input":1}\n\n{"id":'))).toThrow(/cases:3: is not JSON/);
    expect(() => jsonl(file('\n{"id":"a"}'))).toThrow(/cases:2: input/);
  });
});

describe("csv", () => {
  it("builds objects from dotted columns, and leaves texts texts", () => {
    const { cases } = csv(file('\uFEFFid,input.zip,expected.a.b\r\n1,007,"x, ""y""\nz"\r\n2,,\r\n'));
    expect(cases).toEqual([
      { id: "1", input: { zip: "007" }, expected: { a: { b: 'x, "y"\nz' } } },
      { id: "2", input: { zip: "" }, expected: { a: { b: "" } } },
    ]);
  });

  it("maps rows, numbers them, and names the line of what is wrong", () => {
    const text = 'q,n\n"a\nb",3\nc,4';
    expect(
      csv(file(text), ({ q, n }, index) => ({ id: `${index}`, input: { q: q! }, expected: Number(n) })).cases[0],
    ).toEqual({
      id: "0",
      input: { q: "a\nb" },
      expected: 3,
    });
    expect(csv(file("input\nx")).cases).toEqual([{ id: "1", input: "x" }]);
    expect(() => csv(file('input,expected\n"a\nb",1\nc'))).toThrow(/cases:4: has 1 cells/);
    expect(() => csv(file('input\n"abc'))).toThrow(/cases:2: a quoted cell has no end/);
  });

  it.each([
    ["id,input,input\na,1,2", /cases:1: two columns are named "input"/],
    ["input,input.email\na,b", /cases:1: column "input" is a text and cannot hold "input.email" too/],
    ["id,,input\na,b,c", /cases:1: column 2 has no name/],
    ['id,input\r\na,"b"c\r\n', /cases:2: a quoted cell ends in front of other text/],
  ])("refuses what would lose a cell: %j", (text, message) => {
    expect(() => csv(file(text))).toThrow(message);
  });

  it("reads back whatever is written by the rules of RFC 4180", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", " ", "é") });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = ["input.a,input.b", ...rows.map((row) => row.map(quote).join(","))].join("\r\n");
        expect(csv(file(text)).cases.map(({ input }) => input)).toEqual(rows.map(([a, b]) => ({ a, b })));
      }),
    );
  });
});

describe("fromJournal", () => {
  async function journalOf(count: number) {
    const journal = memoryJournal();
    for (let index = 0; index < count; index++) {
      const record = fakeRecord({ requestId: `r-${index}` });
      const failure = { code: "OUTPUT_INVALID" as const, message: "no", retryable: true };
      const failed = index % 2 === 1;
      await journal.write({
        ...record,
        task: "triage",
        status: "finished",
        state: { ...record.state, input: { email: `mail ${index}` }, failure: failed ? failure : null },
        result: failed ? { ok: false, failure } : { ok: true, value: { category: "bug" } },
      });
    }
    return journal;
  }

  it("makes cases of inputs: the value of accepted ones is expected, the code of failed ones known", async () => {
    const { cases } = await fromJournal(await journalOf(4), { task: "triage" });
    expect(cases.find(({ id }) => id === "r-0")).toMatchObject({
      input: { email: "mail 0" },
      expected: { category: "bug" },
    });
    const failed = await casesFromJournal(await journalOf(4), { task: "triage", failed: true });
    expect(failed.map(({ id }) => id).sort()).toEqual(["r-1", "r-3"]);
    expect(failed[0]).toMatchObject({ metadata: { failure: "OUTPUT_INVALID" } });
    expect(failed[0]).not.toHaveProperty("expected");
    await expect(fromJournal(await journalOf(2), { task: "other" })).rejects.toThrow(/no case/);
  });

  it("draws a sample: as many as asked, the same for the same seed", async () => {
    const journal = await journalOf(30);
    const ids = async (seed: number) =>
      (await fromJournal(journal, { task: "triage", sample: 7, seed })).cases.map(({ id }) => id);
    expect(await ids(1)).toHaveLength(7);
    expect(await ids(1)).toEqual(await ids(1));
    expect(await ids(1)).not.toEqual(await ids(2));
  });

  it("leaves out records without content", async () => {
    const journal = memoryJournal();
    const record = fakeRecord({ requestId: "r" });
    await journal.write({ ...record, task: "triage", status: "finished", state: { ...record.state, input: null } });
    expect(await casesFromJournal(journal, { task: "triage" })).toEqual([]);
  });
});
