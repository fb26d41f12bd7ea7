import type { Tool } from "@armature/contracts";
import { expect } from "vitest";
import { z } from "zod";
import { fakeContext } from "../fakes/fake-context.js";
import { describePromises, expectJson, type Make, type Promises } from "./suite.js";

export interface ToolSamples {
  /** Arguments, as a model may send them, with which the tool runs. */
  readonly valid: readonly unknown[];
  /** Arguments that its schema must refuse. */
  readonly invalid?: readonly unknown[];
}

/** The tests that every tool passes; the samples say what it can be asked. */
export function describeTool<Arguments>(make: Make<Tool<Arguments>>, samples: ToolSamples): void {
  describePromises("Tool", toolPromises<Arguments>(samples), make);
}

export function toolPromises<Arguments>({ valid, invalid = [] }: ToolSamples): Promises<Tool<Arguments>> {
  return {
    "has a name that every provider takes, and a description": async (make) => {
      const tool = await make();
      expect(tool.name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
      expect(tool.description).toMatch(/\S/);
      expect([undefined, "never", "ask"]).toContain(tool.approval);
    },

    "describes its arguments as a JSON Schema of an object": async (make) => {
      const schema = z.toJSONSchema(schemaOf(await make()), { io: "input" });
      expect(schema.type).toBe("object");
      expectJson(schema);
    },

    "accepts and refuses arguments as its samples say": async (make) => {
      const parameters = schemaOf(await make());
      for (const sample of valid) expect(parameters.safeParse(sample).success, JSON.stringify(sample)).toBe(true);
      for (const sample of invalid) expect(parameters.safeParse(sample).success, JSON.stringify(sample)).toBe(false);
    },

    "returns JSON": async (make) => {
      const tool = await make();
      for (const sample of valid)
        expectJson(await tool.run(schemaOf(tool).parse(sample), fakeContext({ tenant: "acme" })));
    },

    "leaves its arguments as they are": async (make) => {
      const tool = await make();
      for (const sample of valid) {
        const args = schemaOf(tool).parse(sample);
        const before = structuredClone(args);
        await tool.run(args, fakeContext({ tenant: "acme" }));
        expect(args).toEqual(before);
      }
    },
  };
}

/** What its arguments are held against: a JSON Schema judges as the zod schema that it describes. */
function schemaOf<Arguments>({ parameters }: Tool<Arguments>): z.ZodType<Arguments> {
  if ("_zod" in parameters) return parameters as z.ZodType<Arguments>;
  return z.fromJSONSchema(parameters as Parameters<typeof z.fromJSONSchema>[0]) as z.ZodType<Arguments>;
}
