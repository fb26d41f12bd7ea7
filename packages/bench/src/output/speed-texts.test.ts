import { parseOutput } from "@armature/output";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { speedText } from "./speed-texts.js";

describe("the texts of the speed benchmark", () => {
  it("are the same for the same seed, and about as long as asked for", () => {
    const text = speedText(20_000, 1);
    expect(speedText(20_000, 1)).toEqual(text);
    expect(speedText(20_000, 2).valid).not.toBe(text.valid);
    expect(text.valid.length).toBeGreaterThan(19_000);
    expect(text.valid.length).toBeLessThan(21_000);
  });

  it("say the same, valid and broken, and the broken one in every way", () => {
    const { value, valid, broken } = speedText(20_000, 1);
    expect(JSON.parse(valid)).toEqual(value);
    const result = parseOutput(broken, z.unknown(), { finish: "stop" });
    expect(result.status === "value" && result.json).toEqual(value);
    const kinds = ["text_before", "text_after", "trailing_comma", "quotes", "bare_key", "comment", "raw_control"];
    expect(new Set(result.changes.map(({ kind }) => kind))).toEqual(new Set(kinds));
  });
});
