import { Cache, Embedder, type Registrar } from "@armature/contracts";
import { describe, expect, it } from "vitest";
import { Agreement } from "./agreement.js";
import { semanticCache } from "./plugin.js";
import { SemanticCache } from "./semantic-cache.js";

describe("semanticCache", () => {
  const { options } = semanticCache.definition;

  it("declares what it provides and requires, and only measures until it is told to serve", async () => {
    const { definition } = semanticCache;
    expect(definition).toMatchObject({ contract: 1, provides: [Cache], requires: [Embedder] });
    expect(options?.parse(semanticCache().options)).toEqual({
      mode: "shadow",
      ttlMs: 3_600_000,
      maxEntries: 1_000,
      maxNamespaces: 100,
    });
    const provided: unknown[] = [];
    const registrar = {
      provide: (...args: unknown[]) => provided.push(...args),
      onDispose: () => {},
    } as unknown as Registrar;
    await definition.setup?.(registrar, options!.parse({ mode: "serve", threshold: 0.93 }));
    expect(provided).toEqual([Cache, expect.any(SemanticCache)]);
    await definition.setup?.(registrar, options!.parse(semanticCache().options));
    expect(provided.map((one) => one instanceof SemanticCache && one.shadow)).toEqual([false, false, false, true]);
  });

  it("takes no threshold for granted, and refuses what makes no sense", () => {
    const agreement = new Agreement();
    expect(options?.safeParse({ mode: "shadow", agreement, agrees: () => true }).success).toBe(true);
    for (const wrong of [
      { mode: "serve" },
      { mode: "serve", threshold: 1.1 },
      { mode: "shadow", threshold: 0.9 },
      { mode: "shadow", agreement: {} },
      { mode: "shadow", agrees: "always" },
      { mode: "serve", threshold: 0.9, maxEntries: 0 },
    ]) {
      expect(options?.safeParse(wrong).success).toBe(false);
    }
  });
});
