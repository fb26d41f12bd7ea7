import { createArmature } from "@armature/core";
import { taskNamed } from "../chosen-task.js";
import { loadConfig } from "../load-config.js";
import type { Terminal } from "../terminal.js";

/** Draws the state machine of a task as Mermaid, with the nodes that plugins add. */
export async function graph(path: string, name: string, terminal: Terminal): Promise<number> {
  const config = await loadConfig(path);
  const task = taskNamed(config, name, path);
  // A prompt that nobody has accepted yet does not change what is drawn.
  const app = await createArmature({ ...config, strict: false });
  try {
    terminal.out((await app.graph(task).compile().getGraphAsync()).drawMermaid().trimEnd());
  } finally {
    await app.close();
  }
  return 0;
}
