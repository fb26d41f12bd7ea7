import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkVariables } from "./check-variables.js";
import { definePrompt } from "./define-prompt.js";
import type { JsonSchema } from "./json-schema.js";
import { describeProblem } from "./problem.js";
import { variablesOf } from "./variables.js";

function prompt(content: string, partials: Record<string, string> = {}) {
  return definePrompt({ name: "p", version: "1.0.0", messages: [{ role: "user", content }], partials });
}

function unknown(content: string, schema: z.ZodType) {
  const problems = checkVariables(prompt(content), z.toJSONSchema(schema, { io: "input" }) as JsonSchema);
  return problems.map((problem) => problem.field);
}

const input = z.object({
  email: z.string(),
  customer: z.object({ name: z.string(), vip: z.boolean().optional() }).nullable(),
  orders: z.array(z.object({ id: z.string(), lines: z.array(z.string()) })),
  labels: z.record(z.string(), z.object({ hue: z.number() })),
  extra: z.unknown(),
  either: z.union([z.object({ left: z.string() }), z.object({ right: z.string() })]),
  pair: z.tuple([z.object({ x: z.number() }), z.object({ y: z.number() })]),
});

describe("checkVariables", () => {
  it.each([
    "{{email}}",
    "{{input}} {{schema}} {{#passages}}{{id}} {{text}} {{metadata.anything}}{{/passages}}",
    "{{#memories}}{{kind}}{{#messages}}{{role}}: {{text}}{{/messages}}{{/memories}}",
    "{{customer.name}} {{#customer}}{{name}} {{vip}} {{email}}{{/customer}}{{^customer}}{{email}}{{/customer}}",
    "{{#orders}}{{id}}{{#lines}}{{.}} {{id}}{{/lines}}{{/orders}}",
    "{{labels.urgent.hue}} {{extra}} {{extra.a.b}} {{#extra}}{{what}}{{/extra}}",
    "{{either.left}} {{either.right}} {{#pair}}{{x}}{{y}}{{/pair}}",
  ])("accepts %s", (template) => {
    expect(unknown(template, input)).toEqual([]);
  });

  it.each([
    ["{{emial}}", ["emial"]],
    ["{{email.subject}}", ["email.subject"]],
    ["{{customer.nam}}", ["customer.nam"]],
    ["{{#orders}}{{nr}}{{/orders}}{{nr}}", ["nr", "nr"]],
    ["{{#order}}{{id}} {{email}}{{/order}}", ["order"]],
    ["{{#passages}}{{titel}}{{/passages}}", ["titel"]],
    ["{{labels.urgent.size}}", ["labels.urgent.size"]],
    ["{{either.middle}}", ["either.middle"]],
    ["{{.}}", ["."]],
    ["{{constructor}}", ["constructor"]],
  ])("finds the unknown in %s", (template, names) => {
    expect(unknown(template, input)).toEqual(names);
  });

  it("follows recursive schemas", () => {
    const node = z.object({
      label: z.string(),
      get children() {
        return z.array(node);
      },
    });
    expect(unknown("{{#children}}{{label}}{{#children}}{{label}}{{lable}}{{/children}}{{/children}}", node)).toEqual([
      "lable",
    ]);
  });

  it("names file, line, variable and what there is, inside partials too", () => {
    const schema = z.toJSONSchema(z.object({ email: z.string() })) as JsonSchema;
    const problems = checkVariables(
      prompt("{{email}}\n\n{{mail}}\n{{> footer}}", { footer: "Bye\n{{sender}}" }),
      schema,
    );
    expect(problems.map(describeProblem)).toEqual([
      "prompt p@1.0.0, message 1:3: mail: unknown variable of prompt p@1.0.0; there are: email, input, passages, memories, schema",
      "prompt p@1.0.0, partial footer:2: sender: unknown variable of prompt p@1.0.0; there are: email, input, passages, memories, schema",
    ]);
  });

  it("reports an input field that a reserved variable hides, where it is used", () => {
    const hiding = z.object({ input: z.string(), items: z.array(z.object({ schema: z.string() })) });
    expect(unknown("{{input}}", hiding)).toEqual(["input"]);
    expect(unknown("{{#items}}{{schema}}{{/items}}{{schema}}", hiding)).toEqual([]);
  });
});

describe("variablesOf", () => {
  it("lists every name once, with those of partials", () => {
    expect(variablesOf(prompt("{{b}} {{#a.c}}{{.}}{{b}}{{> q}}{{/a.c}} {{! note }}", { q: "{{d}}" }))).toEqual([
      "a.c",
      "b",
      "d",
    ]);
  });
});
