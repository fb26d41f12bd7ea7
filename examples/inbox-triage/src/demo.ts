import { mkdirSync, rmSync } from "node:fs";
import { type Provider, startProvider } from "@armature/testkit/provider";
import { type ArmatureRun, runArmature } from "./armature-run.js";
import type { Contest } from "./contest.js";
import { type Email, loadEmails } from "./emails.js";
import { triageFaults } from "./faults.js";
import type { Figures } from "./figures.js";
import { runRawLoop } from "./raw-loop.js";
import { progressBar } from "./report.js";
import { answerByRules } from "./rules.js";

interface DemoOptions {
  /** E-mails to sort. */
  readonly count: number;
  readonly seed: number;
  /** Where databases and the quarantine go; emptied first. */
  readonly folder: string;
}

export interface DemoResult {
  readonly raw: Figures;
  readonly armature: ArmatureRun;
}

/** Several times what 300 e-mails cost: it is there for the day on which something goes wrong. US dollars. */
const DAY_BUDGET_USD = 5;

/** Sorts the same e-mails twice: by the raw loop, then by Armature, each over a fresh provider with the same faults. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  rmSync(options.folder, { recursive: true, force: true });
  mkdirSync(options.folder, { recursive: true });
  const emails = loadEmails(options.count, options.seed);
  const raw = await onProvider("raw loop", emails, options, (contest) => runRawLoop(emails, contest));
  const armature = await onProvider("Armature", emails, options, (contest) => runArmature(emails, contest));
  return { raw, armature };
}

async function onProvider<T>(
  label: string,
  emails: readonly Email[],
  { seed, folder }: DemoOptions,
  run: (contest: Contest) => Promise<T>,
): Promise<T> {
  const onProgress = progressBar(label, emails.length);
  const model = process.env.OPENAI_MODEL;
  const shared = {
    folder,
    fastModel: model ?? "gpt-4.1-mini",
    strongModel: model ?? "gpt-4.1",
    dayBudgetUsd: model === undefined ? DAY_BUDGET_USD : undefined,
    onProgress,
  };
  const apiKey = process.env.OPENAI_API_KEY;
  if (apiKey) {
    const baseUrl = process.env.OPENAI_BASE_URL;
    return run({ ...shared, apiKey, baseUrl, concurrency: 4, attemptTimeoutMs: 30_000, rawTimeoutMs: undefined });
  }
  const provider = await misbehavingProvider(seed);
  try {
    return await run({
      ...shared,
      fastModel: "gpt-4.1-mini",
      strongModel: "gpt-4.1",
      dayBudgetUsd: DAY_BUDGET_USD,
      apiKey: "loopback",
      baseUrl: provider.url,
      concurrency: 8,
      // A loopback model answers in milliseconds, not seconds: the timeouts shrink with it.
      attemptTimeoutMs: 3_000,
      rawTimeoutMs: 6_000,
    });
  } finally {
    await provider.close();
  }
}

/** Real HTTP on loopback: right by plain rules, then broken by plan. */
function misbehavingProvider(seed: number): Promise<Provider> {
  return startProvider({ respond: answerByRules, faults: triageFaults(seed), latencyMs: 15 });
}
