import { existsSync } from "node:fs";
import { ArmatureError } from "@armature/contracts";
import { lockedEntry, readPromptLock } from "@armature/prompts";
import { type Baseline, baselineOfLock } from "./baseline.js";
import type { Eval } from "./define-eval.js";
import type { EvalApp } from "./eval-app.js";
import { formatReport } from "./report/terminal.js";
import { runEval } from "./run-eval.js";

// Vitest is there when it runs the file, and need not be installed when `armature eval` does.
const vitest = process.env.VITEST ? await import("vitest") : undefined;

/** Makes a test of an evaluation when Vitest is reading a file `*.eval.ts`; does nothing anywhere else. */
export function registerEval(evaluation: Eval): void {
  if (!vitest || !/\.eval\.[cm]?[jt]s$/.test(vitest.expect.getState().testPath ?? "")) return;
  vitest.describe(evaluation.name, () => {
    vitest.it("holds its gate", { timeout: 3_600_000, retry: 0 }, async ({ signal }) => {
      if (!evaluation.app) {
        throw new ArmatureError(
          "CONFIG_INVALID",
          `eval "${evaluation.name}": give it an \`app\`, so that a test can boot it`,
        );
      }
      const app = await evaluation.app();
      try {
        const baseline = lockedBaseline(evaluation, app);
        const report = await runEval(evaluation, {
          app,
          signal,
          ...(app.journal && { journal: app.journal }),
          ...(baseline && { baseline }),
        });
        if (!report.gate.held) vitest.expect.fail(formatReport(report, baseline));
        console.info(formatReport(report, baseline));
      } finally {
        await app.close?.();
      }
    });
  });
}

/** The evaluation that the lock holds of the version that the task runs now; absent where there is none. */
export function lockedBaseline({ task, lock = "prompts.lock.json" }: Eval, app: EvalApp): Baseline | undefined {
  if (!existsSync(lock)) return undefined;
  const { prompt } = app.prepare(task);
  const entry = lockedEntry(readPromptLock(lock), { task: task.name, prompt });
  if (!entry?.evaluation) return undefined;
  return baselineOfLock(`${lock}: ${prompt.name}@${prompt.version} by ${entry.acceptedBy}`, entry.evaluation);
}
