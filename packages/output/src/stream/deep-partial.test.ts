import type { JsonValue } from "@armature/contracts";
import { describe, expectTypeOf, it } from "vitest";
import { z } from "zod";
import type { StandardSchema } from "../standard-schema.js";
import { text } from "../text.js";
import type { DeepPartial } from "./deep-partial.js";
import { streamOutput } from "./output-stream.js";

describe("DeepPartial", () => {
  it("makes every key of the schema's input optional, at any depth", () => {
    const schema = z.object({
      title: z.string(),
      count: z.string().transform(Number),
      tags: z.array(z.object({ name: z.string() })),
      pair: z.tuple([z.string(), z.number()]),
      kind: z.enum(["bug", "billing"]).nullable(),
      by: z.discriminatedUnion("type", [
        z.object({ type: z.literal("person"), name: z.string() }),
        z.object({ type: z.literal("robot"), serial: z.int() }),
      ]),
      labels: z.record(z.string(), z.number()),
      rest: z.unknown(),
    });
    const { value } = streamOutput(schema).partial();
    expectTypeOf(value).toEqualTypeOf<
      | {
          readonly title?: string;
          readonly count?: string;
          readonly tags?: readonly { readonly name?: string }[];
          readonly pair?: readonly [string?, number?];
          readonly kind?: "bug" | "billing" | null;
          readonly by?:
            | { readonly type?: "person"; readonly name?: string }
            | { readonly type?: "robot"; readonly serial?: number };
          readonly labels?: { readonly [key: string]: number | undefined };
          readonly rest?: unknown;
        }
      | undefined
    >();
  });

  it("leaves plain values, and what is not known, as they are", () => {
    expectTypeOf(streamOutput(text()).partial().value).toEqualTypeOf<string | undefined>();
    expectTypeOf(streamOutput(z.array(z.int())).partial().value).toEqualTypeOf<readonly number[] | undefined>();
    expectTypeOf(streamOutput(z.object({ at: z.date() })).partial().value).toEqualTypeOf<
      { readonly at?: string } | undefined
    >();
    expectTypeOf<DeepPartial<unknown>>().toBeUnknown();
    // biome-ignore lint/suspicious/noExplicitAny: it is what is asked about
    expectTypeOf<DeepPartial<any>>().toBeAny();
    expectTypeOf<DeepPartial<string & { readonly brand: 1 }>>().toEqualTypeOf<string & { readonly brand: 1 }>();
  });

  it("knows what a Standard Schema gives, and of a JSON Schema that it is JSON", () => {
    const standard = z.object({ a: z.string() }) as StandardSchema<{ a: string }>;
    const output = streamOutput(standard).end();
    if (output.status === "value") expectTypeOf(output.value).toEqualTypeOf<{ a: string }>();
    expectTypeOf(streamOutput({ type: "object" }).partial().value).toEqualTypeOf<DeepPartial<JsonValue> | undefined>();
  });

  it("gives the schema's output at the end", () => {
    const output = streamOutput(z.object({ count: z.string().transform(Number) })).end();
    if (output.status === "value") expectTypeOf(output.value).toEqualTypeOf<{ count: number }>();
  });
});
