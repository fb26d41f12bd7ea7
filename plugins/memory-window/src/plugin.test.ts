import { Memory, type Registrar, type Token, Tokenizer } from "@armature/contracts";
import { describe, expect, it } from "vitest";
import { windowMemory } from "./plugin.js";
import { WindowMemory } from "./window-memory.js";

describe("windowMemory", () => {
  it("declares what it provides and requires, and sets up with its defaults", async () => {
    const { definition } = windowMemory;
    expect(definition).toMatchObject({ contract: 1, provides: [Memory], requires: [Tokenizer] });
    const provided: unknown[] = [];
    const registrar: Registrar = {
      provide: (token, instance) => provided.push(token.name, instance),
      get: <T>(_token: Token<T, "single">) => ({ count: (text: string) => text.length }) as T,
      getAll: () => [],
      onDispose: () => {},
    };
    await definition.setup?.(registrar, definition.options!.parse(windowMemory().options));
    expect(provided).toEqual(["Memory", expect.any(WindowMemory)]);
    expect((provided[1] as WindowMemory).limits).toEqual({ maxTurns: 50, maxThreads: 10_000 });
  });

  it("refuses options that make no sense", () => {
    const { options } = windowMemory.definition;
    expect(options?.safeParse({ maxTurns: 0 }).success).toBe(false);
    expect(options?.safeParse({ maxTurn: 5 }).success).toBe(false);
  });
});
