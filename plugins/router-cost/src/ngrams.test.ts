import { expect, test } from "vitest";
import { hashNgrams } from "./ngrams.js";
import { predict } from "./ridge.js";

const BUCKETS = 131_072;

/** Cosine: rows have length 1 where no two grams share a column. */
function likeness(left: string, right: string): number {
  const weights = new Float64Array(BUCKETS);
  const { columns, values } = hashNgrams(left, BUCKETS);
  for (let index = 0; index < columns.length; index++) weights[columns[index]!] = values[index]!;
  return predict(hashNgrams(right, BUCKETS), weights);
}

test("words of one stem are alike, others are not", () => {
  expect(likeness("a refund", "A REFUND.")).toBeCloseTo(1, 6);
  expect(likeness("refunds", "refunding")).toBeGreaterThan(0.4);
  expect(likeness("refunds", "contract")).toBeCloseTo(0, 6);
});

test("reads any script, and finds nothing in no words", () => {
  expect(likeness("договоров", "договорами")).toBeGreaterThan(0.4);
  expect(likeness("请问发票在哪里", "发票在哪里开")).toBeGreaterThan(0.2);
  expect(hashNgrams("?! …", BUCKETS).columns).toHaveLength(0);
});
