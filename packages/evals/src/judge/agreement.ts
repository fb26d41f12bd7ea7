import type { EvalApp } from "../eval-app.js";
import { inPool } from "../pool.js";
import type { Judge, JudgeInput } from "./judge.js";

/** An answer and what a person said of it: one of the judge's choices. */
export interface LabelledAnswer {
  readonly id: string;
  readonly shown: JudgeInput;
  readonly label: string;
}

export interface Agreement {
  readonly answers: number;
  /** Share of the answers on which both say the same. */
  readonly observed: number;
  /** Cohen's kappa: agreement beyond chance, 1 is perfect, 0 is what chance gives. */
  readonly kappa: number;
  /** Large-sample standard error of kappa. */
  readonly standardError: number;
  readonly disagreements: readonly { readonly id: string; readonly person: string; readonly judge: string }[];
}

/**
 * Kappa of two raters (J. Cohen, Educational and Psychological Measurement 20, 1960, 37-46), with his standard error.
 * Where both always say one and the same thing, chance explains everything and kappa is 0 by this definition: such
 * labels cannot show that a judge is able to tell good from bad.
 */
export function cohenKappa(pairs: readonly (readonly [string, string])[]): Omit<Agreement, "disagreements"> {
  const n = pairs.length;
  if (n === 0) return { answers: 0, observed: 0, kappa: 0, standardError: 0 };
  const share = (side: 0 | 1, choice: string) => pairs.filter((pair) => pair[side] === choice).length / n;
  const observed = pairs.filter(([a, b]) => a === b).length / n;
  const chance = [...new Set(pairs.flat())].reduce((sum, choice) => sum + share(0, choice) * share(1, choice), 0);
  if (chance === 1) return { answers: n, observed, kappa: 0, standardError: 0 };
  const kappa = (observed - chance) / (1 - chance);
  const standardError = Math.sqrt((observed * (1 - observed)) / n) / (1 - chance);
  return { answers: n, observed, kappa, standardError };
}

/** Lets a judge judge what people have labelled, and says how well the two agree. */
export async function checkAgreement(
  judge: Judge,
  labelled: readonly LabelledAnswer[],
  app: EvalApp,
  { concurrency = 4 }: { concurrency?: number } = {},
): Promise<Agreement> {
  const choices = await inPool(labelled, concurrency, async ({ shown }) => (await judge.verdict(shown, app)).choice);
  const pairs = labelled.map(({ id, label }, index) => ({ id, person: label, judge: choices[index]! }));
  return {
    ...cohenKappa(pairs.map((pair) => [pair.person, pair.judge])),
    disagreements: pairs.filter((pair) => pair.person !== pair.judge),
  };
}
