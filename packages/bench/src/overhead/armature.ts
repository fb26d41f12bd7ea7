import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Armature, createArmature, defineTask, outcomeOf } from "@armature/core";
import { piiGuard } from "@armature/plugin-guard-pii";
import { openai } from "@armature/plugin-model-openai";
import { z } from "zod";
import type { Contender } from "./contender.js";
import { FALLBACK, MODEL, type Row, row } from "./row.js";

const TENANT = "acme";

const task = defineTask({
  name: "triage",
  input: z.object({ email: z.string() }),
  output: row,
  prompt: "triage@1",
  models: ["fast", "strong"],
  limits: { retries: 2, maxCostUsd: 1 },
});

/** The same request with one model, no retry and no budget: what the call costs without its policies. */
const plain = defineTask({ ...task, models: ["fast"], limits: { retries: 0 } });

/** Everything on: a durable journal and budget in one SQLite file under `folder`, retry, fallback, guard, deadline. */
function boot(url: string, folder: string, file: string, isBudgeted = true): Promise<Armature> {
  return createArmature({
    models: { fast: openai({ model: MODEL, baseUrl: url }), strong: openai({ model: FALLBACK, baseUrl: url }) },
    plugins: [piiGuard({ action: "redact" })],
    prompts: fileURLToPath(new URL("../../prompts", import.meta.url)),
    journal: join(folder, file),
    budgets: isBudgeted ? [{ scope: "tenant", window: "total", usd: 10_000 }] : [],
    tasks: [task],
  });
}

/** The plain loop over the table of stages. */
export async function armatureRun(url: string, folder: string): Promise<Contender> {
  const app = await boot(url, folder, "run.db");
  return {
    async run(email) {
      const outcome = await app.run(task, { email }, { tenant: TENANT });
      if (!outcome.ok) throw new Error(`${outcome.failure.code}: ${outcome.failure.message}`);
      return outcome.value;
    },
    close: () => app.close(),
  };
}

/** The plain loop without budget, retry and fallback; journal and guard stay. */
export async function armatureWithoutPolicies(url: string, folder: string): Promise<Contender> {
  const app = await boot(url, folder, "plain.db", false);
  return {
    async run(email) {
      const outcome = await app.run(plain, { email });
      if (!outcome.ok) throw new Error(`${outcome.failure.code}: ${outcome.failure.message}`);
      return outcome.value;
    },
    close: () => app.close(),
  };
}

/** The same table compiled to LangGraph, a node a stage. */
export async function armatureGraph(url: string, folder: string): Promise<Contender> {
  const app = await boot(url, folder, "graph.db");
  const graph = app.graph(task).compile();
  return {
    async run(email) {
      const outcome = outcomeOf<Row>(
        await graph.invoke({ input: { email } }, { configurable: { tenant: TENANT } }),
        task,
      );
      if (!outcome.ok) throw new Error(`${outcome.failure.code}: ${outcome.failure.message}`);
      return outcome.value;
    },
    close: () => app.close(),
  };
}
