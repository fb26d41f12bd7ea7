import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { createArmature } from "@armature/core";
import {
  type Baseline,
  type BootedApp,
  baselineOfLock,
  baselineOfReport,
  type Eval,
  type EvalApp,
  type EvalReport,
  formatHtml,
  formatJunit,
  formatReport,
  readReport,
  runEval,
  writeReport,
} from "@armature/evals";
import { memoryJournal } from "@armature/journal";
import { lockedEntry, type Prompt, pinOf } from "@armature/prompts";
import type { Call, Command } from "../command.js";
import { dollars, wholeNumber } from "../option-value.js";
import { outFile } from "../out-file.js";
import { type LockedConfig, loadLocked, ofJudge, promptOf } from "../prompt-lock.js";
import type { Terminal } from "../terminal.js";
import { UsageError } from "../usage-error.js";

/** Runs evaluations and holds them against the locked baseline. 1 when a gate does not hold. */
export const evaluate: Command = {
  usage: "[name]",
  summary: "run the evaluations of *.eval.ts and hold their gates",
  options: {
    baseline: "run every case as often as a new baseline needs",
    prompt: "evaluate this version, name@version, wherever its prompt is used",
    against: "a report to compare with in place of the lock",
    trials: "trials of each case of a baseline",
    concurrency: "cases under way at once",
    "max-usd": "stop before the sum passes this",
    out: "write the report as JSON",
    junit: "write it as JUnit XML",
    html: "write it as one HTML file",
    json: "print the reports as JSON, one a line",
  },
  async run(call) {
    const { config, args, options, terminal } = call;
    const [out, junit, html] = (["out", "junit", "html"] as const).map((at) => outFile(at, options[at], terminal.cwd));
    const locked = await loadLocked(config, terminal.cwd);
    const prompt = options.prompt === undefined ? undefined : promptOf(locked, options.prompt);
    const chosen = choose(locked, args[0], prompt);
    const files = [options.out, options.junit, options.html].filter((file) => file !== undefined);
    if (chosen.length > 1 && files.length > 0) {
      throw new UsageError(`${files[0]} has room for one report; name one of: ${nameList(chosen)}.`);
    }
    const stop = new AbortController();
    const release = terminal.onInterrupt?.(() => {
      terminal.err("Stopping; what has finished is reported. Once more ends at once.");
      stop.abort();
    });
    let held = true;
    for (const evaluation of chosen) {
      const { report, baseline } = await runOne(locked, withPrompt(locked, evaluation, prompt), call, stop.signal);
      held &&= report.gate.held;
      terminal.out(options.json ? JSON.stringify(report) : formatReport(report, baseline));
      if (out !== undefined) writeReport(out, report);
      if (junit !== undefined) writeFileSync(junit, formatJunit(report));
      if (html !== undefined) writeFileSync(html, formatHtml(report, baseline));
      if (stop.signal.aborted) break;
    }
    release?.();
    return held ? 0 : 1;
  },
};

function choose(
  { evals, folder, subjects }: LockedConfig,
  name: string | undefined,
  prompt: Prompt | undefined,
): readonly Eval[] {
  if (evals.length === 0) throw new UsageError(`There is no file *.eval.ts with an evaluation under ${folder}.`);
  const named = name === undefined ? evals : evals.filter((one) => one.name === name);
  if (named.length === 0) throw new UsageError(`There is no evaluation "${name}"; there are: ${nameList(evals)}.`);
  const chosen = prompt ? named.filter(({ task }) => promptName(task.prompt) === prompt.name) : named;
  if (chosen.length === 0) {
    const task = subjects.find((one) => one.prompt.name === prompt?.name)?.task ?? "";
    throw new UsageError(
      `No evaluation runs a task with prompt ${prompt?.name}; write one, in a file *.eval.ts${ofJudge({ evals }, task)}.`,
    );
  }
  return chosen;
}

function nameList(evals: readonly Eval[]): string {
  return evals.map(({ name }) => name).join(", ");
}

function promptName(prompt: string | Prompt): string {
  return typeof prompt === "string" ? prompt.split("@")[0]! : prompt.name;
}

/** The evaluation with the prompt that was asked for, or the one that the lock gives its task. */
function withPrompt({ subjects }: LockedConfig, evaluation: Eval, prompt: Prompt | undefined): Eval {
  const pinned = prompt ?? subjects.find(({ task }) => task === evaluation.task.name)?.prompt;
  return pinned ? { ...evaluation, task: { ...evaluation.task, prompt: pinned } } : evaluation;
}

async function runOne(
  locked: LockedConfig,
  evaluation: Eval,
  { options, terminal }: Call,
  signal: AbortSignal,
): Promise<{ report: EvalReport; baseline: Baseline | undefined }> {
  const app = await boot(locked, evaluation);
  try {
    const baseline = baselineFor(locked, evaluation, app, options.against, terminal);
    const trials = wholeNumber("trials", options.trials) ?? (options.baseline ? evaluation.trials : undefined);
    const concurrency = wholeNumber("concurrency", options.concurrency);
    const maxCostUsd = dollars("max-usd", options["max-usd"]);
    const limited: Eval = {
      ...evaluation,
      ...(concurrency !== undefined && { concurrency }),
      ...(maxCostUsd !== undefined && { maxCostUsd }),
    };
    const report = await runEval(limited, {
      app,
      signal,
      ...(app.journal && { journal: app.journal }),
      ...(baseline && { baseline }),
      ...(trials !== undefined && { trials }),
      onProgress: ({ done, planned }) => terminal.progress?.(`${evaluation.name} ${done}/${planned}`),
    });
    return { report, baseline };
  } finally {
    terminal.progress?.("");
    await app.close?.();
  }
}

/** The evaluation's own application, or the config's with a journal in memory: trials are no production requests. */
async function boot({ config }: LockedConfig, { app }: Eval): Promise<BootedApp> {
  if (app) return app();
  const journal = memoryJournal();
  // What is evaluated was not accepted yet: a strict application could never run its candidates.
  const armature = await createArmature({ ...config, tasks: [], journal, strict: false });
  return {
    run: armature.run.bind(armature),
    prepare: armature.prepare.bind(armature),
    journal,
    close: () => armature.close(),
  };
}

/** A report that was named, what the lock holds of this version, or of the one where the label stands. */
function baselineFor(
  { config, lock, lockName }: LockedConfig,
  { task }: Eval,
  app: EvalApp,
  against: string | undefined,
  { cwd }: Terminal,
): Baseline | undefined {
  if (against !== undefined) return baselineOfReport(against, readReport(resolve(cwd, against)));
  const { prompt } = app.prepare(task);
  const pinned = pinOf(lock, `${prompt.name}@${prompt.version.split(".")[0]}`, config.label)?.version;
  for (const version of [prompt.version, ...(pinned === undefined ? [] : [pinned])]) {
    const entry = lockedEntry(lock, { task: task.name, prompt: { ...prompt, version } });
    if (!entry?.evaluation) continue;
    return baselineOfLock(`${lockName}: ${prompt.name}@${version} by ${entry.acceptedBy}`, entry.evaluation);
  }
  return undefined;
}
