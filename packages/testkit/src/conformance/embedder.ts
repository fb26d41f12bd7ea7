import type { Embedder } from "@armature/contracts";
import { expect } from "vitest";
import { fakeContext } from "../fakes/fake-context.js";
import { describePromises, type Make, type Promises } from "./suite.js";

/** The tests that every embedder passes. */
export function describeEmbedder(make: Make<Embedder>): void {
  describePromises("Embedder", embedderPromises, make);
}

export const embedderPromises: Promises<Embedder> = {
  "names itself and its dimensions": async (make) => {
    const { id, dimensions } = await make();
    expect(id).toMatch(/\S/);
    expect(Number.isInteger(dimensions) && dimensions > 0).toBe(true);
  },

  "returns one finite vector a text, of the stated dimensions": async (make) => {
    const embedder = await make();
    const texts = ["a red fox", "", " ", "🦊 zażółć", "\u0000", "long ".repeat(2_000)];
    const vectors = await embedder.embed(texts, fakeContext());
    expect(vectors).toHaveLength(texts.length);
    for (const vector of vectors) {
      expect(vector).toHaveLength(embedder.dimensions);
      expect(vector.every((value) => typeof value === "number" && Number.isFinite(value))).toBe(true);
    }
    expect(await embedder.embed([], fakeContext())).toEqual([]);
  },

  "keeps the order of the texts, in whatever company": async (make) => {
    const embedder = await make();
    const texts = Array.from({ length: 30 }, (_, index) => `subject number ${index} of ${"abcdefghij"[index % 10]}`);
    const together = await embedder.embed(texts, fakeContext());
    const [alone] = await embedder.embed([texts[17] ?? ""], fakeContext());
    const nearest = together
      .map((vector) => cosine(vector, alone ?? []))
      .reduce((best, value, index, all) => (value > (all[best] ?? -1) ? index : best), 0);
    expect(nearest).toBe(17);
    expect(cosine(together[17] ?? [], alone ?? [])).toBeGreaterThan(0.999);
  },

  "puts near texts nearer than far ones": async (make) => {
    const embedder = await make();
    const texts = [
      "the red fox runs through the forest",
      "a red fox runs through a forest",
      "quarterly tax forms are due in April",
    ];
    const [fox = [], same = [], tax = []] = await embedder.embed(texts, fakeContext());
    expect(cosine(fox, same)).toBeGreaterThan(cosine(fox, tax));
  },
};

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b) || 1);
}
