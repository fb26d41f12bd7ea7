import { createArmature } from "@armature/core";
import { loadConfig } from "../load-config.js";
import type { Terminal } from "../terminal.js";
import { UsageError } from "../usage-error.js";

/** Draws the state machine of a task as Mermaid, with the nodes that plugins add. */
export async function graph(path: string, name: string, terminal: Terminal): Promise<number> {
  const config = await loadConfig(path);
  const tasks = config.tasks ?? [];
  const task = tasks.find((one) => one.name === name);
  if (!task) {
    const known = tasks.map((one) => one.name).join(", ") || "none";
    throw new UsageError(`There is no task "${name}" in ${path}; its tasks are: ${known}.`);
  }
  const app = await createArmature(config);
  try {
    terminal.out((await app.graph(task).compile().getGraphAsync()).drawMermaid().trimEnd());
  } finally {
    await app.close();
  }
  return 0;
}
