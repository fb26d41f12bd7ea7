import { fileURLToPath } from "node:url";
import { type Armature, createArmature, type Task } from "@armature/core";
import { piiGuard } from "@armature/plugin-guard-pii";
import { openai } from "@armature/plugin-model-openai";
import { costRouter } from "@armature/plugin-router-cost";
import type { Contest } from "./contest.js";
import type { Email } from "./emails.js";
import { countWrong, type Figures, percentile } from "./figures.js";
import { inParallel } from "./pool.js";
import { Quarantine } from "./quarantine.js";
import { RowStore } from "./store.js";
import { triageTask } from "./triage-task.js";

export interface Replays {
  /** How many requests came to the same outcome when they were replayed from the journal. */
  readonly equal: number;
  /** The others, by their ids. */
  readonly different: readonly string[];
}

export interface ArmatureRun {
  readonly figures: Figures;
  /** How many were quarantined for which reason. */
  readonly reasons: ReadonlyMap<string, number>;
  /** A request whose first answer was refused and whose value was stored in the end. */
  readonly repaired: string | undefined;
  readonly replays: Replays;
  /** The journal that explains it. */
  readonly journal: string;
}

/** The same work inside the frame: a typed row is stored, or the e-mail is quarantined with its reason. */
export async function runArmature(emails: readonly Email[], contest: Contest): Promise<ArmatureRun> {
  const { apiKey, baseUrl } = contest;
  const connection = { apiKey, ...(baseUrl !== undefined && { baseUrl }) };
  const journal = `${contest.folder}/armature.db`;
  const task = triageTask(contest.attemptTimeoutMs);
  const app = await createArmature({
    models: {
      fast: openai({ model: contest.fastModel, ...connection }),
      strong: openai({ model: contest.strongModel, ...connection }),
    },
    // Sorting mail is easy work, so the weak model is believed early: what it gets wrong is caught and re-asked.
    // Addresses are what this task is about; numbers of cards and accounts are nobody's business.
    plugins: [costRouter({ confidence: 0.3 }), piiGuard({ action: "redact", kinds: ["card", "iban", "ssn"] })],
    prompts: fileURLToPath(new URL("../prompts", import.meta.url)),
    journal,
    ...(contest.dayBudgetUsd !== undefined && {
      budgets: [{ scope: "task", window: "day", usd: contest.dayBudgetUsd }],
    }),
    tasks: [task],
  });
  const store = new RowStore(`${contest.folder}/inbox.db`);
  const quarantine = new Quarantine(`${contest.folder}/quarantine.jsonl`);
  const latencies: number[] = [];
  const requestIds: string[] = [];
  let calls = 0;
  let microUsd = 0;
  let repaired: string | undefined;

  await inParallel(emails, contest.concurrency, async ({ id, from, subject, body }) => {
    const startedAt = performance.now();
    const outcome = await app.run(task, { from, subject, body });
    requestIds.push(outcome.requestId);
    if (outcome.ok) store.insert(id, outcome.value);
    else quarantine.add(id, outcome.requestId, outcome.failure);
    latencies.push(performance.now() - startedAt);
    calls += outcome.attempts.length;
    microUsd += outcome.costMicroUsd;
    if (outcome.ok && outcome.attempts.filter(({ result }) => result === "answered").length > 1) {
      repaired ??= outcome.requestId;
    }
    contest.onProgress();
  });

  const replays = await replayAll(app, task, requestIds);
  await app.close();
  const judged = countWrong(store, emails);
  store.close();
  return {
    figures: {
      ...judged,
      // `app.run` never rejects: anything it threw would have ended this function.
      crashes: 0,
      quarantined: quarantine.count,
      calls,
      usd: microUsd / 1_000_000,
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
    },
    reasons: quarantine.reasons,
    repaired,
    replays,
    journal,
  };
}

/** Runs every request again from its record alone: what the provider did is told, what the frame does is done again. */
async function replayAll(app: Armature, task: Task, requestIds: readonly string[]): Promise<Replays> {
  const different: string[] = [];
  for (const id of requestIds) {
    const record = await app.journal.read(id);
    if (!record || (await app.replay(task, record)).status !== "equal") different.push(id);
  }
  return { equal: requestIds.length - different.length, different };
}
