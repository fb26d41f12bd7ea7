import { expect, test } from "vitest";
import { z } from "zod";
import { configInvalid, describeIssues } from "./problem.js";

test("names each field as it is written in code", () => {
  const schema = z.object({ list: z.array(z.object({ size: z.number() })), on: z.boolean() });
  const { error } = schema.safeParse({ list: [{ size: 1 }, { size: "big" }] });
  expect(describeIssues("", error!)).toEqual([
    expect.stringMatching(/^list\[1\]\.size: .*number/),
    expect.stringMatching(/^on: .*boolean/),
  ]);
  expect(describeIssues("options", error!)[0]).toMatch(/^options\.list\[1\]\.size: /);
});

test("tells one problem as it is, and several as a list that can be taken apart", () => {
  expect(configInvalid(["a: is missing"])).toMatchObject({ code: "CONFIG_INVALID", message: "a: is missing" });
  const two = configInvalid(["a: is missing", "b: is missing"]);
  expect(two.message).toBe("2 problems:\n  - a: is missing\n  - b: is missing");
  expect(two.facts.details).toEqual({ problems: ["a: is missing", "b: is missing"] });
});
