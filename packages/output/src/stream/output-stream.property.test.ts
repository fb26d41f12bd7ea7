import type { JsonValue } from "@armature/contracts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseOutput } from "../parse-output.js";
import { chunking, chunksOf, modelText, noise, Ticket } from "./model-text.fixture.js";
import { streamOutput } from "./output-stream.js";
import { leadsTo, type OutputSnapshot } from "./snapshot.js";

const texts = fc.oneof({ weight: 4, arbitrary: modelText }, { weight: 1, arbitrary: noise });
const SCHEMAS = {
  ticket: Ticket,
  tickets: z.array(Ticket),
  anything: z.unknown(),
  words: z.array(z.string()),
  word: z.string(),
} as const;
const names = fc.constantFrom(...(Object.keys(SCHEMAS) as (keyof typeof SCHEMAS)[]));
const RUNS = { numRuns: 1_000 };

/** Streams a text and takes a snapshot after each piece; `changed` says how often one was not the beginning of the next. */
function stream(text: string, schema: z.ZodType, sizes: readonly number[]) {
  const reader = streamOutput(schema);
  const snapshots: OutputSnapshot<unknown>[] = [];
  let changed = 0;
  let restarts = 0;
  for (const chunk of chunksOf(text, sizes)) {
    const events = reader.push(chunk);
    const before = snapshots[snapshots.length - 1];
    const now = reader.partial();
    if (events.length === 0 && before?.value !== undefined) {
      if (now.value === undefined || !leadsTo(before, now.value as JsonValue)) changed += 1;
    }
    restarts += events.length;
    snapshots.push(now);
  }
  return { reader, snapshots, changed, restarts, last: snapshots[snapshots.length - 1] };
}

describe("promises of streamOutput", () => {
  it("ends with what parseOutput makes of the whole text", () => {
    fc.assert(
      fc.property(texts, names, chunking, (text, name, sizes) => {
        const schema: z.ZodType = SCHEMAS[name];
        const { restart: _, ...output } = stream(text, schema, sizes).reader.end({ finish: "stop" });
        expect(output).toEqual(parseOutput(text, schema, { finish: "stop" }));
      }),
      RUNS,
    );
  });

  it("grows between restarts", () => {
    fc.assert(
      fc.property(texts, names, chunking, (text, name, sizes) => {
        const schema: z.ZodType = SCHEMAS[name];
        expect(stream(text, schema, sizes).changed).toBe(0);
      }),
      RUNS,
    );
  });

  it("keeps what it has called complete", () => {
    fc.assert(
      fc.property(texts, chunking, (text, sizes) => {
        const { snapshots, restarts } = stream(text, Ticket, sizes);
        fc.pre(restarts === 0);
        for (const key of Object.keys(Ticket.shape)) {
          const first = snapshots.findIndex((one) => one.complete([key]));
          if (first === -1) continue;
          const valueIn = (one: OutputSnapshot<unknown>) => (one.value as Record<string, unknown>)[key];
          for (const later of snapshots.slice(first)) {
            expect(later.complete([key])).toBe(true);
            expect(valueIn(later)).toEqual(valueIn(snapshots[first]!));
          }
        }
      }),
      RUNS,
    );
  });

  it("shows the same, however the text is cut", () => {
    fc.assert(
      fc.property(texts, names, chunking, (text, name, sizes) => {
        const schema: z.ZodType = SCHEMAS[name];
        expect(stream(text, schema, sizes).last).toEqual(stream(text, schema, [text.length]).last);
      }),
      RUNS,
    );
  });

  it("says so when the whole is something else than what was shown", () => {
    fc.assert(
      fc.property(texts, names, chunking, (text, name, sizes) => {
        const schema: z.ZodType = SCHEMAS[name];
        const { reader, last } = stream(text, schema, sizes);
        const output = reader.end({ finish: "stop" });
        if (last?.value === undefined) expect(output.restart).toBeUndefined();
        else if (output.status === "refused") expect(output.restart?.reason).toContain(output.code);
        else expect(output.restart === undefined).toBe(leadsTo(last, output.json));
      }),
      RUNS,
    );
  });

  it("shows all of an answer in plain JSON before the whole is parsed, and nothing has to be taken back", () => {
    const value = fc.record({
      title: fc.string({ unit: "binary" }),
      kind: fc.constantFrom("bug", "billing"),
      score: fc.double({ noNaN: true, noDefaultInfinity: true }),
      isOpen: fc.boolean(),
      tags: fc.array(fc.string()),
      steps: fc.array(fc.record({ at: fc.integer(), what: fc.string() })),
      note: fc.option(fc.string()),
      by: fc.record({ type: fc.constant("robot"), serial: fc.integer() }),
      labels: fc.dictionary(
        fc.string().filter((key) => key !== "__proto__"),
        fc.string(),
      ),
    });
    fc.assert(
      fc.property(value, chunking, fc.nat(3), (value, sizes, indent) => {
        const text = JSON.stringify(value, null, indent);
        const { reader, last, restarts } = stream(text, Ticket, sizes);
        expect(last).toEqual({ value: JSON.parse(text), growing: [] });
        expect(restarts).toBe(0);
        expect(reader.end()).toMatchObject({ status: "value", value: JSON.parse(text) });
      }),
      { numRuns: 200 },
    );
  });
});
