import type { Embedder, Registrar } from "@armature/contracts";
import { fakeContext, type Provider, startProvider } from "@armature/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openaiEmbedder } from "./openai-embedder.js";

let provider: Provider;
beforeEach(async () => {
  provider = await startProvider({ respond: () => "", dimensions: 8 });
});
afterEach(() => provider.close());

async function embedderOf(options: Parameters<typeof openaiEmbedder>[0]): Promise<Embedder> {
  const { definition } = openaiEmbedder;
  let provided: Embedder | undefined;
  const provide = (_token: unknown, provider: unknown) => {
    provided = provider as Embedder;
  };
  await definition.setup?.({ provide } as unknown as Registrar, definition.options!.parse(options));
  return provided!;
}

describe("openaiEmbedder", () => {
  it("embeds in batches and in order", async () => {
    const embedder = await embedderOf({ model: "mini", dimensions: 8, baseUrl: provider.url, batchSize: 2 });
    const vectors = await embedder.embed(["a", "b", "c"], fakeContext());
    const [again] = await embedder.embed(["c"], fakeContext());
    expect(embedder).toMatchObject({ id: "mini/8", dimensions: 8 });
    expect(vectors).toHaveLength(3);
    expect(vectors.every((vector) => vector.length === 8)).toBe(true);
    expect(vectors[2]).toEqual(again);
    expect(provider.log.map(({ body }) => (body as { input: string[] }).input)).toEqual([["a", "b"], ["c"], ["c"]]);
  });

  it("says how many tokens the provider has counted over all batches", async () => {
    const embedder = await embedderOf({ model: "mini", dimensions: 8, baseUrl: provider.url, batchSize: 2 });
    const texts = ["a".repeat(400), "b".repeat(40), "c".repeat(4)];
    const { vectors, inputTokens } = await embedder.embedCounted!(texts, fakeContext());
    expect(vectors).toEqual(await embedder.embed(texts, fakeContext()));
    expect(inputTokens).toBe(100 + 10 + 1);
  });

  it("refuses vectors of another size than it promised", async () => {
    const embedder = await embedderOf({ model: "text-embedding-3-small", baseUrl: provider.url });
    await expect(embedder.embed(["a"], fakeContext())).rejects.toThrow(/8 numbers for text 0 where 1536/);
  });

  it("asks for the size of a model that it does not know", async () => {
    await expect(embedderOf({ model: "mystery", baseUrl: provider.url })).rejects.toThrow(/pass dimensions/);
  });

  it("ends with the request's signal", async () => {
    const embedder = await embedderOf({ model: "mini", dimensions: 8, baseUrl: provider.url });
    const signal = AbortSignal.abort();
    await expect(embedder.embed(["a"], { ...fakeContext(), signal })).rejects.toThrow();
    expect(provider.log).toHaveLength(0);
  });
});
