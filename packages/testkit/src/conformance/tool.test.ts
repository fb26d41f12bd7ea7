import type { JsonValue, Tool } from "@armature/contracts";
import { expect, test } from "vitest";
import { z } from "zod";
import { brokenPromises } from "./broken-promises.js";
import { describeTool, toolPromises } from "./tool.js";

interface Sum {
  numbers: number[];
}

const good: Tool<Sum> = {
  name: "add_up",
  description: "Adds numbers up.",
  parameters: z.object({ numbers: z.array(z.number()) }),
  run: async ({ numbers }) => ({ sum: numbers.reduce((sum, number) => sum + number, 0) }),
};
const samples = { valid: [{ numbers: [1, 2] }, { numbers: [] }], invalid: [{ numbers: "1" }, {}] };

describeTool<Sum>(() => good, samples);

test.each<[string, Partial<Tool<Sum>>, RegExp]>([
  ["a name with blanks", { name: "add up" }, /name/],
  ["no description", { description: "" }, /description/],
  ["arguments that are no JSON Schema", { parameters: z.custom<Sum>() }, /JSON Schema/],
  ["a schema that takes anything", { parameters: z.object({ numbers: z.any() }) }, /accepts and refuses/],
  ["a date as its result", { run: async () => new Date() as unknown as JsonValue }, /returns JSON/],
  ["NaN as its result", { run: async () => ({ sum: Number.NaN }) }, /returns JSON/],
  ["fingers on its arguments", { run: async ({ numbers }) => numbers.push(1) }, /leaves its arguments/],
])("the suite finds a tool with %s", async (_fault, spoiled, promise) => {
  expect((await brokenPromises(toolPromises<Sum>(samples), () => ({ ...good, ...spoiled }))).join("\n")).toMatch(
    promise,
  );
});
