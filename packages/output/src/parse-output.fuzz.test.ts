import type { Change } from "@armature/contracts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseOutput } from "./parse-output.js";
import { steps } from "./scan/steps.js";

const anything = z.unknown();
const schema = z.object({
  id: z.int(),
  name: z.string(),
  tags: z.array(z.string()).optional(),
  kind: z.enum(["bug", "billing"]).nullable().optional(),
  inner: z.object({ ok: z.boolean(), score: z.number().optional() }).optional(),
});

/** What is put into JSON to break it. */
const PIECES = [
  ...['"', "'", "`", "“", "”", "’", "„", ",", ",,", ":", "{", "}", "[", "]", "\\", "\\n", "\\u0041", "\\d"],
  ...["\n", " ", "\t", "\u00a0", "...", "…", "```", "```json\n", "\n```\n", "// note\n", "/* note */", "# note\n", "+"],
  ...["Sure: ", " so {it} is. ", "<think>", "</think>", "<tool_call>", "True", "None", "NaN", "1e999", "007", "-.5"],
  ...["9007199254740993", '"id": 2,', '"name": "x"', "{}", "[]", '"""', '" + "', "C:\\new", "é", "日本", "\u2028"],
];

const record = fc.record(
  {
    id: fc.integer(),
    name: fc.oneof(fc.string(), fc.constantFrom("it's", 'a "b" c', "C:\\new\\table", "line\nbreak", "{set}", "")),
    tags: fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 }),
    kind: fc.constantFrom("bug", "Billing", null),
    inner: fc.record({ ok: fc.boolean(), score: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
  },
  { requiredKeys: ["id", "name"] },
);

type Edit =
  | { readonly kind: "insert"; readonly at: number; readonly piece: string }
  | { readonly kind: "delete"; readonly at: number; readonly length: number }
  | { readonly kind: "splice"; readonly at: number; readonly from: number; readonly length: number };

const place = fc.double({ min: 0, max: 1, noNaN: true });
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), at: place, piece: fc.constantFrom(...PIECES) }),
  fc.record({ kind: fc.constant("delete" as const), at: place, length: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant("splice" as const), at: place, from: place, length: fc.integer({ min: 1, max: 12 }) }),
);

/** A text that was JSON once. */
const mutated = fc
  .tuple(record, fc.constantFrom(undefined, 1), fc.array(edit, { maxLength: 5 }))
  .map(([value, indent, edits]) => edits.reduce(applyEdit, JSON.stringify(value, null, indent)));

function applyEdit(text: string, one: Edit): string {
  const at = Math.floor(one.at * text.length);
  if (one.kind === "insert") return text.slice(0, at) + one.piece + text.slice(at);
  if (one.kind === "delete") return text.slice(0, at) + text.slice(at + one.length);
  const from = Math.floor(one.from * text.length);
  return text.slice(0, at) + text.slice(from, from + one.length) + text.slice(at);
}

/** The text with all its changes made; of two that overlap, the outer one. */
function mend(text: string, changes: readonly Change[]): string {
  const spans = changes.flatMap(({ span, after }) => (span === undefined ? [] : [{ ...span, after: String(after) }]));
  const isInsertion = (span: { readonly start: number; readonly end: number }) => Number(span.start === span.end);
  spans.sort((left, right) => {
    return left.start - right.start || isInsertion(right) - isInsertion(left) || right.end - left.end;
  });
  let mended = "";
  let pos = 0;
  for (const { start, end, after } of spans) {
    // Of the changes of one string each gives the whole of it.
    if (start < pos) continue;
    mended += text.slice(pos, start) + after;
    pos = end;
  }
  return mended + text.slice(pos);
}

/** Seeded, so that a run repeats itself; the environment may ask for another one, and for more of it. */
const runs = {
  seed: Number(process.env.FUZZ_SEED ?? 20),
  numRuns: Number(process.env.FUZZ_RUNS ?? 4_000),
  interruptAfterTimeLimit: 600_000,
};

describe("mutated JSON", () => {
  it("ends in a value that the schema allows or in a reason, after work that its length bounds", () => {
    fc.assert(
      fc.property(mutated, fc.constantFrom("stop" as const, "length" as const), (text, finish) => {
        const before = steps.count;
        const result = parseOutput(text, schema, { finish });
        expect(steps.count - before).toBeLessThanOrEqual(300 * text.length + 2_000);
        if (result.status === "refused") expect(result.issues.length).toBeGreaterThan(0);
        else expect(schema.safeParse(result.json)).toMatchObject({ success: true, data: result.value });
      }),
      runs,
    );
  });

  it("gives the same value once the listed changes are made in the text", () => {
    fc.assert(
      fc.property(mutated, (text) => {
        const result = parseOutput(text, anything, { finish: "stop" });
        if (result.status === "refused") return;
        for (const { span, before } of result.changes) {
          if (span !== undefined) expect(text.slice(span.start, span.end)).toBe(before);
        }
        const mended = mend(text, result.changes);
        const again = parseOutput(mended, anything, { finish: "stop" });
        expect(again.status === "value" && again.json, mended).toEqual(result.json);
        // A key that is left out the second time leaves its comma behind.
        const isPlain = !result.changes.some(({ kind }) => kind === "duplicate_key");
        if (isPlain && typeof result.json === "object") expect(JSON.parse(mended.trim()), mended).toEqual(result.json);
      }),
      runs,
    );
  });

  it("never changes a prototype, and never reads one as a field", () => {
    const key = fc.constantFrom(
      "__proto__",
      "constructor",
      "prototype",
      "toString",
      "hasOwnProperty",
      "\\u005f_proto__",
    );
    const quote = fc.constantFrom('"', "'", "", "“");
    const poisoned = fc
      .tuple(
        fc.array(fc.tuple(key, quote), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        fc.array(edit, { maxLength: 2 }),
      )
      .map(([keys, closed, edits]) => {
        const head = keys.map(([name, mark]) => `{${mark}${name}${mark === "“" ? "”" : mark}: `).join("");
        return edits.reduce(applyEdit, `${head}{"polluted": true}${closed ? "}".repeat(keys.length) : ",}"}`);
      });
    const own = (prototype: object) => Reflect.ownKeys(prototype).length;
    const before = [Object.prototype, Array.prototype, Function.prototype, Map.prototype].map(own);
    fc.assert(
      fc.property(poisoned, (text) => {
        for (const one of [anything, z.looseObject({}), z.record(z.string(), z.unknown())]) {
          const result = parseOutput(text, one, { finish: "stop" });
          if (result.status === "value") expectPlain(result.value);
        }
        expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
        expect([Object.prototype, Array.prototype, Function.prototype, Map.prototype].map(own)).toEqual(before);
      }),
      runs,
    );
  });
});

describe("what mutated JSON has brought to light", () => {
  const listed = (text: string) =>
    parseOutput(text, anything, { finish: "stop" }).changes.map(({ kind, before, after }) => [kind, before, after]);

  it("a key without a value at the end is a cut, also after a missing comma", () => {
    for (const text of ['{"a": {"b": 0}\u65e5\u672c\n', '{"a": 1 b', '{"a": 1 "b"', '{"a": 1, "b"', '{"a": 1 b:']) {
      const result = parseOutput(text, anything, { finish: "stop" });
      expect(result, text).toMatchObject({ status: "refused", code: "OUTPUT_TRUNCATED" });
    }
  });

  it("each comma too many is listed once", () => {
    expect(listed("[,]")).toEqual([["extra_comma", ",", ""]]);
    expect(listed('{"a": 1, "b": [,]}')).toEqual([["extra_comma", ",", ""]]);
    expect(listed("[1,]")).toEqual([["trailing_comma", ",", ""]]);
  });

  it("the end of the line is no part of a comment", () => {
    expect(listed("[1 // one\n, 2]")).toEqual([["comment", "// one", ""]]);
  });

  it("white space that JSON does not have is a change", () => {
    expect(listed('{"a":\u00a01}')).toEqual([["white_space", "\u00a0", " "]]);
  });

  it("comments between a key and its colon are changes", () => {
    expect(listed('{"a" /* one */ : 1}')).toEqual([["comment", "/* one */", ""]]);
  });

  it("strings added up are one change", () => {
    expect(listed('{"a": "b" + "c"}')).toEqual([["concatenation", '"b" + "c"', '"bc"']]);
  });
});

/** No object of a value has another prototype than objects of one's own. */
function expectPlain(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  expect(Object.getPrototypeOf(value)).toBe(Array.isArray(value) ? Array.prototype : Object.prototype);
  for (const key of Object.keys(value)) {
    expect(key).not.toBe("__proto__");
    expectPlain((value as Record<string, unknown>)[key]);
  }
}
