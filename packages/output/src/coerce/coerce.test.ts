import type { JsonValue } from "@armature/contracts";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { coerce } from "./coerce.js";
import type { CoercionKind } from "./scalar.js";
import { type Shape, shapeOf } from "./shape.js";

function coerced(schema: z.ZodType, json: JsonValue, without: readonly CoercionKind[] = []) {
  const root = shapeOf(schema);
  return coerce(json, root, { root, without: new Set(without), rawNumber: (_, value) => String(value) });
}

describe("a list written as a text", () => {
  const flags = z.array(z.enum(["read", "write", "read-only"]));
  it.each<[z.ZodType, string, JsonValue]>([
    [flags, "read, Write", ["read", "write"]],
    [flags, "read;read-only", ["read", "read-only"]],
    [z.array(z.number()), "43.65, -79.38", [43.65, -79.38]],
    [z.array(z.int()), "1,2,3", [1, 2, 3]],
    [z.array(z.boolean()), "true | false", [true, false]],
  ])("%#: is one where every part fits", (schema, text, list) => {
    const result = coerced(schema, text);
    expect(result).toMatchObject({ json: list, misfits: 0, changes: [{ kind: "list_from_text", before: text }] });
    expect(coerced(schema, text, ["list_from_text"]).misfits).toBe(1);
  });

  it.each<[z.ZodType, string]>([
    [flags, "read, delete"],
    [flags, "read, write; read"],
    [flags, "read,"],
    [z.array(z.string()), "a, b"],
    [z.array(z.number()), "1,5"],
    [z.array(z.int()), "1,234"],
    [z.array(z.int()), "100,200,300"],
    [z.array(z.int()).min(3), "1, 2"],
    [z.tuple([z.int(), z.int()]), "1, 2"],
  ])("%#: is none where there is another reading", (schema, text) => {
    expect(coerced(schema, text).misfits).toBeGreaterThan(0);
  });
});

describe("keys", () => {
  it("of a record over an enum are spelled as the enum", () => {
    const record = z.record(z.enum(["new_york", "rome"]), z.int());
    expect(coerced(record, { "New York": "1", rome: 2 })).toMatchObject({ json: { new_york: 1, rome: 2 }, misfits: 0 });
  });

  it("stay where two of the answer mean one of the schema", () => {
    const schema = z.object({ userId: z.int() });
    expect(coerced(schema, { user_id: 1, "user-id": 2 }).ambiguous).toEqual([["userId"]]);
  });
});

describe("aliases", () => {
  const country = z.enum(["DE", "AT", "CH"]).meta({ aliases: { DE: ["Germany", "Allemagne"], AT: "Austria" } });

  it("name the members of an enum", () => {
    const schema = z.object({ from: country, to: z.array(country) });
    expect(coerced(schema, { from: "germany", to: ["Austria", "CH"] })).toMatchObject({
      json: { from: "DE", to: ["AT", "CH"] },
      misfits: 0,
      changes: [
        { kind: "enum_alias", path: ["from"] },
        { kind: "enum_alias", path: ["to", 0] },
      ],
    });
    expect(coerced(country, "Austria", ["enum_alias"]).misfits).toBe(1);
    expect(coerced(country, "Switzerland").misfits).toBe(1);
  });

  it("and members are known without their accents, where only one is meant", () => {
    const drink = z.enum(["café", "thé", "the"]);
    expect(coerced(drink, "CAFE")).toMatchObject({ json: "café", changes: [{ kind: "enum_spelling" }] });
    expect(coerced(drink, "The")).toMatchObject({ json: "the" });
    expect(coerced(z.enum(["thé", "thè"]), "the").misfits).toBe(1);
    const address = z.object({ street: z.string().meta({ aliases: ["Straße", "dirección"] }) });
    expect(coerced(address, { STRASSE: "x" }).json).toEqual({ street: "x" });
    expect(coerced(address, { direccion: "x" }).json).toEqual({ street: "x" });
  });

  it("that name two members name none", () => {
    const unclear = z.enum(["BE", "NL"]).meta({ aliases: { BE: ["Benelux"], NL: ["Benelux"] } });
    expect(coerced(unclear, "Benelux").misfits).toBe(1);
  });

  it("are read from a JSON Schema, too", () => {
    const root: Shape = {
      type: "object",
      properties: {
        name: { type: "string", "x-alias": "nom" },
        size: { enum: ["S", "L"], "x-aliases": { L: "large" } },
      },
    };
    const options = { root, without: new Set<CoercionKind>(), rawNumber: String };
    expect(coerce({ nom: "Ann", size: "Large" }, root, options)).toMatchObject({ json: { name: "Ann", size: "L" } });
  });
});

describe("unions in unions", () => {
  it("are judged once a value, however deep they are", () => {
    const branch = (name: string): Shape => ({
      type: "object",
      properties: { kind: { const: name }, next: { $ref: "#" } },
      required: ["kind", "next"],
    });
    const root: Shape = { anyOf: [branch("a"), branch("b"), branch("c"), { type: "null" }] };
    let json: JsonValue = null;
    for (let depth = 0; depth < 60; depth += 1) json = { kind: "B", next: json };
    const result = coerce(json, root, { root, without: new Set(), rawNumber: String });
    expect(result.misfits).toBe(0);
    expect(result.changes).toHaveLength(60);
  });
});
