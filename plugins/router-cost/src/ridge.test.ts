import { expect, test } from "vitest";
import { predict, solveRidge } from "./ridge.js";

const rows = [
  { columns: [0], values: [1] },
  { columns: [0, 1], values: [1, 1] },
  { columns: [1], values: [2] },
  { columns: [], values: [] },
];

test("solves the normal equations", () => {
  const targets = [3, 5, 2, 0];
  const { intercept, weights } = solveRidge({ rows, targets, width: 2, penalty: 0.5 });
  expect(intercept).toBe(2.5);
  // X'X + 0.5 = [[2.5, 1], [1, 5.5]] and X'(y - 2.5) = [3, 1.5]; the determinant is 12.75.
  expect(weights[0]).toBeCloseTo((5.5 * 3 - 1.5) / 12.75, 6);
  expect(weights[1]).toBeCloseTo((2.5 * 1.5 - 3) / 12.75, 6);
  expect(predict(rows[1]!, weights)).toBeCloseTo(weights[0]! + weights[1]!, 12);
});

test("has nothing to learn from equal targets", () => {
  const { intercept, weights } = solveRidge({ rows, targets: [1, 1, 1, 1], width: 2, penalty: 1 });
  expect([intercept, ...weights]).toEqual([1, 0, 0]);
});
