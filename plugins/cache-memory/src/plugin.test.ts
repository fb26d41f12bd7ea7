import { Cache, Clock, type Registrar, type Token } from "@armature/contracts";
import { virtualClock } from "@armature/testkit";
import { describe, expect, it } from "vitest";
import { MemoryCache } from "./memory-cache.js";
import { memoryCache } from "./plugin.js";

describe("memoryCache", () => {
  it("declares what it provides and requires, and sets up with its defaults", async () => {
    const { definition } = memoryCache;
    expect(definition).toMatchObject({ contract: 1, provides: [Cache], requires: [Clock] });
    const provided: unknown[] = [];
    const registrar: Registrar = {
      provide: (token, instance) => provided.push(token.name, instance),
      get: <T>(_token: Token<T, "single">) => virtualClock() as T,
      getAll: () => [],
      onDispose: () => {},
    };
    await definition.setup?.(registrar, definition.options!.parse(memoryCache().options));
    expect(provided).toEqual(["Cache", expect.any(MemoryCache)]);
  });

  it("refuses options that make no sense", () => {
    const { options } = memoryCache.definition;
    expect(options?.safeParse({ ttlMs: 0 }).success).toBe(false);
    expect(options?.safeParse({ maxBytes: -1 }).success).toBe(false);
    expect(options?.safeParse({ ttl: 5 }).success).toBe(false);
  });
});
