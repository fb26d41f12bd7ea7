import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.js";
import { definePrompt, type PromptDefinition } from "./define-prompt.js";
import { promptHash, renderedHash } from "./prompt-hash.js";

const base: PromptDefinition = {
  name: "triage",
  version: "1.0.0",
  messages: [{ role: "user", content: "Sort {{email}} {{> rules}}" }],
  partials: { rules: "Be brief.", unused: "x" },
  parameters: { temperature: 0, maxOutputTokens: 100 },
};
const surroundings = {
  inputSchema: { type: "object", properties: { a: {}, b: {} } },
  outputSchema: { type: "string" },
  tools: [{ name: "search", description: "Finds.", parameters: { type: "object" } }],
};
const hash = (definition: Partial<PromptDefinition> = {}, around: object = surroundings) =>
  promptHash(definePrompt({ ...base, ...definition }), around);

describe("promptHash", () => {
  it("does not move with names, unused partials and key order", () => {
    const same = [
      hash({ name: "other", version: "9.0.0", description: "new" }),
      hash({ partials: { rules: "Be brief." } }),
      hash({ parameters: { maxOutputTokens: 100, temperature: 0 } }),
      hash({}, { ...surroundings, inputSchema: { properties: { b: {}, a: {} }, type: "object" } }),
    ];
    expect(new Set([hash(), ...same]).size).toBe(1);
    expect(hash()).toMatch(/^[0-9a-f]{64}$/);
  });

  it("moves with every part that a model reads", () => {
    const moved = [
      hash({ messages: [{ role: "user", content: "Sort  {{email}} {{> rules}}" }] }),
      hash({ messages: [{ role: "system", content: "Sort {{email}} {{> rules}}" }] }),
      hash({ partials: { rules: "Be long." } }),
      hash({ parameters: { temperature: 0.1, maxOutputTokens: 100 } }),
      hash({}, { ...surroundings, inputSchema: { type: "object", properties: { a: {} } } }),
      hash({}, { ...surroundings, outputSchema: { type: "number" } }),
      hash({}, { ...surroundings, tools: [] }),
      hash({}, { ...surroundings, parameters: { seed: 1 } }),
    ];
    expect(new Set([hash(), ...moved]).size).toBe(moved.length + 1);
  });

  it("hashes rendered messages", () => {
    expect(renderedHash([{ role: "user", content: "a" }])).not.toBe(renderedHash([{ role: "user", content: "b" }]));
  });
});

describe("canonicalJson", () => {
  it("is JSON that forgets key order and nothing else", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value))).toBe(text);
      }),
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, reversed(part)]),
  );
}
