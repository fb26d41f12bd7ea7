import { describe, expect, it } from "vitest";
import { unitVectors } from "./unit-vectors.js";

describe("unitVectors", () => {
  it("scales to length one, whatever the magnitude", () => {
    expect(
      Array.from(
        unitVectors(
          [
            [3, 4],
            [3e200, 4e200],
            [0, 0],
          ],
          3,
          2,
        ),
      ),
    ).toEqual(Array.from(Float32Array.from([0.6, 0.8, 0.6, 0.8, 0, 0])));
    expect(unitVectors([new Array<number>(4096).fill(2)], 1, 4096)[4095]).toBeCloseTo(1 / 64);
  });

  it.each([
    [[[1, 2, 3]], "3 instead of 2 dimensions"],
    [[[1]], "1 instead of 2 dimensions"],
    [[[1, Number.NaN]], "not a finite number"],
    [[[Number.POSITIVE_INFINITY, 1]], "not a finite number"],
    [[], "0 vectors for 1 texts"],
  ])("refuses %j", (vectors, message) => {
    expect(() => unitVectors(vectors, 1, 2)).toThrow(
      expect.objectContaining({ code: "PLUGIN_FAILED", message: expect.stringContaining(message) }),
    );
  });
});
