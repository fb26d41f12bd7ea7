import { defineConfig } from "@armature/cli";
import { openai } from "@armature/plugin-model-openai";
import { triageTask } from "./src/triage-task.js";

const apiKey = process.env.OPENAI_API_KEY ?? "none";

/** What `armature` needs to know: `armature prompts check` reads it and calls nobody. */
export default defineConfig({
  models: {
    fast: openai({ model: "gpt-4.1-mini", apiKey }),
    strong: openai({ model: "gpt-4.1", apiKey }),
  },
  tasks: [triageTask(30_000)],
  prompts: "./prompts",
  lock: "./prompts.lock.json",
  journal: "./out/armature.db",
  budgets: [{ scope: "task", window: "day", usd: 5 }],
});
