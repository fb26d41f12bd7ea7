import type { Embedder } from "@armature/contracts";
import { expect, test } from "vitest";
import { hashEmbedder } from "../fakes/hash-embedder.js";
import { brokenPromises } from "./broken-promises.js";
import { describeEmbedder, embedderPromises } from "./embedder.js";

describeEmbedder(() => hashEmbedder({ dimensions: 256 }));

const good = hashEmbedder();
const changed =
  (change: (vectors: number[][]) => number[][]): Embedder["embed"] =>
  async (texts, context) =>
    change(await good.embed(texts, context));

test.each<[string, Partial<Embedder>, RegExp]>([
  ["wrong dimensions", { dimensions: 65 }, /stated dimensions/],
  ["NaN", { embed: changed((vectors) => vectors.map((vector) => vector.map(() => Number.NaN))) }, /finite/],
  ["a lost vector", { embed: changed((vectors) => vectors.slice(1)) }, /one finite vector a text/],
  ["another order", { embed: changed((vectors) => [...vectors].reverse()) }, /order of the texts/],
  ["no meaning", { embed: changed((vectors) => vectors.map((vector) => vector.map(() => 1))) }, /nearer/],
])("the suite finds an embedder with %s", async (_fault, spoiled, promise) => {
  expect((await brokenPromises(embedderPromises, () => ({ ...good, ...spoiled }))).join("\n")).toMatch(promise);
});
