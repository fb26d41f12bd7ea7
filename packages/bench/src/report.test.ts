import { expect, test } from "vitest";
import { atMost } from "./bench.js";
import { formatTable, reportLine } from "./report.js";
import { median, percentile } from "./statistics.js";

test("a run is held only when every target is", () => {
  const held = atMost("a", 2, 2);
  const missed = atMost("b", 2.001, 2);
  expect(JSON.parse(reportLine("x", { figures: { n: 1 }, targets: [held] }))).toEqual({
    bench: "x",
    figures: { n: 1 },
    targets: [{ name: "a", figure: 2, atMost: 2, held: true }],
    held: true,
  });
  expect(JSON.parse(reportLine("x", { figures: {}, targets: [held, missed] })).held).toBe(false);
});

test("a figure that could not be measured holds nothing", () => {
  expect(atMost("a", Number.NaN, 2).held).toBe(false);
});

test("percentiles go by nearest rank, whatever the order", () => {
  const values = [5, 1, 4, 2, 3];
  expect(median(values)).toBe(3);
  expect(percentile(values, 0.99)).toBe(5);
  expect(percentile(values, 0)).toBe(1);
  expect(percentile([], 0.5)).toBeNaN();
});

test("tables stand in columns", () => {
  expect(
    formatTable(
      ["", "ms"],
      [
        ["a", "1.50"],
        ["long", "10.00"],
      ],
    ),
  ).toBe("         ms\na      1.50\nlong  10.00");
});
