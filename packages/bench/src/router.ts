import { expectedGain, untrainedGain } from "@armature/plugin-router-cost";
import { atLeast, type Bench, type Target } from "./bench.js";
import { formatTable } from "./report.js";
import { generator, type Judgement, judge } from "./router/judge.js";
import { type RouterRow, readRouterData } from "./router/row.js";
import { digest, readWeights, train } from "./router/weights.js";
import { rounded } from "./statistics.js";

type Judged = Readonly<Record<string, Judgement>>;

/**
 * Scores every question by how much the strong model is needed for it, with weights that were learned from other
 * questions, and prints what that is worth beside chance, the length of the prompt and an oracle.
 */
export const router: Bench = async ({ data = "../shared/data/router", isTraining = false }) => {
  const source = readRouterData(data);
  const { rows } = source;
  const { learnedFrom, crossValidation, model } = isTraining ? train(source) : readWeights();
  const isOwn = learnedFrom === digest(source.text);
  const scores = rows.map((row) => expectedGain(model, row.prompt));
  const random = generator(1);
  const ways: Readonly<Record<string, readonly number[]>> = {
    random: rows.map(() => random()),
    "prompt length": rows.map((row) => row.prompt.length),
    untrained: rows.map((row) => untrainedGain(row.prompt)),
    trained: scores,
    oracle: rows.map((row) => Number(row.strong_correct) - Number(row.weak_correct)),
  };
  const figures: Record<string, Judged> = {};
  for (const [way, scored] of Object.entries(ways)) figures[way] = judgeEach(rows, scored);
  figures["trained, cross-validated"] = crossValidation;

  for (const bench of Object.keys(figures.trained ?? {})) {
    console.log(`\n${bench}: ${rows.filter((row) => row.bench === bench).length} questions`);
    const lines = Object.entries(figures).flatMap(([way, judged]) => (judged[bench] ? [line(way, judged[bench])] : []));
    console.log(formatTable(["", "APGR", "95% from", "to", "CPT50", "CPT80"], lines));
  }
  const seen = "these questions are the ones that the weights were learned from: read the cross-validated line";
  console.log(`\n${isOwn ? seen : "the weights were learned from other questions than these"}`);
  return {
    figures: { learnedFromTheseRows: isOwn, ...figures },
    targets: targetsOf(figures, isOwn ? "trained, cross-validated" : "trained"),
    lines: rows.map((row, index) => JSON.stringify({ id: row.id, score: rounded6(scores[index]!) })),
  };
};

function judgeEach(rows: readonly RouterRow[], scores: readonly number[]): Judged {
  const benches = [...new Set(rows.map((row) => row.bench))];
  return Object.fromEntries(
    benches.map((bench) => {
      const places = rows.flatMap((row, index) => (row.bench === bench ? [index] : []));
      return [
        bench,
        judge(
          places.map((place) => rows[place]!),
          places.map((place) => scores[place]!),
        ),
      ];
    }),
  );
}

function line(way: string, { apgr, apgrFrom, apgrTo, cpt50, cpt80 }: Judgement): string[] {
  return [way, ...[apgr, apgrFrom, apgrTo, cpt50, cpt80].map((figure) => figure.toFixed(3))];
}

function targetsOf(figures: Readonly<Record<string, Judged>>, trained: string): Target[] {
  const of = (way: string, bench: string) => figures[way]?.[bench]?.apgr ?? Number.NaN;
  const mean = rounded((of(trained, "mmlu") + of(trained, "gsm8k")) / 2);
  return [
    atLeast("APGR for MMLU", of(trained, "mmlu"), 0.68),
    atLeast("APGR for GSM8K, that of prompt length", of(trained, "gsm8k"), of("prompt length", "gsm8k")),
    atLeast("APGR in the mean", mean, 0.65),
    ...["mmlu", "gsm8k"].map((bench) =>
      atLeast(
        `APGR for ${bench}, untrained, that of prompt length`,
        of("untrained", bench),
        of("prompt length", bench),
      ),
    ),
  ];
}

function rounded6(value: number): number {
  return Number(value.toFixed(6));
}
