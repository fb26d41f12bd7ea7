import { type Registrar, Router } from "@armature/contracts";
import { describe, expect, it } from "vitest";
import { CostRouter } from "./cost-router.js";
import { costRouter } from "./plugin.js";

describe("costRouter", () => {
  it("provides a router with its defaults", async () => {
    const { definition } = costRouter;
    expect(definition).toMatchObject({ name: "router-cost", contract: 1, provides: [Router] });
    const provided: unknown[] = [];
    const registrar = { provide: (token, instance) => provided.push(token.name, instance) } as Partial<Registrar>;
    await definition.setup?.(registrar as Registrar, definition.options!.parse(costRouter().options));
    expect(provided).toEqual(["Router", expect.any(CostRouter)]);
    expect((provided[1] as CostRouter).options).toEqual({ confidence: 0.7, expectedOutputTokens: 500 });
  });

  it("refuses options that make no sense", () => {
    const { options } = costRouter.definition;
    expect(options?.safeParse({ confidence: 1.2 }).success).toBe(false);
    expect(options?.safeParse({ confidense: 0.5 }).success).toBe(false);
  });
});
