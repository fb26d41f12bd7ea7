import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { crossValidate, type RouteExample, RouteModel, trainRouter } from "@armature/plugin-router-cost";
import { z } from "zod";
import { judge } from "./judge.js";
import type { RouterData, RouterRow } from "./row.js";

const Judged = z.strictObject({
  apgr: z.number(),
  apgrFrom: z.number(),
  apgrTo: z.number(),
  cpt50: z.number(),
  cpt80: z.number(),
});

/** What training leaves behind: weights and figures, no text of any row. */
const Weights = z.strictObject({
  /** SHA-256 of the file that was learned from, so that nobody takes figures on its rows for figures on others. */
  learnedFrom: z.string(),
  /** By benchmark, from scores of folds that were left out. */
  crossValidation: z.record(z.string(), Judged),
  model: RouteModel,
});
type Weights = z.output<typeof Weights>;

const FILE = new URL("../../router/weights.json", import.meta.url);
const FOLDS = 10;

export function readWeights(): Weights {
  return Weights.parse(JSON.parse(readFileSync(FILE, "utf8")));
}

/** Learns from all rows and writes the file that later runs score with. */
export function train({ text, rows }: RouterData): Weights {
  const examples = rows.map(
    (row): RouteExample => ({
      text: row.prompt,
      weak: Number(row.weak_correct),
      strong: Number(row.strong_correct),
      group: row.subject,
    }),
  );
  const scores = crossValidate(examples, { folds: FOLDS }).map((pair) => pair.score);
  const crossValidation = Object.fromEntries(
    [...new Set(rows.map((row) => row.bench))].map((bench) => {
      const of = (row: RouterRow) => row.bench === bench;
      return [
        bench,
        judge(
          rows.filter(of),
          scores.filter((_, index) => of(rows[index]!)),
        ),
      ];
    }),
  );
  const weights = { learnedFrom: digest(text), crossValidation, model: trainRouter(examples) };
  writeFileSync(FILE, `${JSON.stringify(weights)}\n`);
  return weights;
}

export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
