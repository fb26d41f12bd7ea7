import { createArmature } from "@armature/core";
import { taskNamed } from "../chosen-task.js";
import type { Command } from "../command.js";
import { loadConfig } from "../load-config.js";

/** Draws the state machine of a task as Mermaid, with the nodes that plugins add. */
export const graph: Command = {
  usage: "<task>",
  summary: "draw the state machine of a task as Mermaid",
  async run({ config: path, args, terminal }) {
    const config = await loadConfig(path);
    const task = taskNamed(config, args[0]!, path);
    // A prompt that nobody has accepted yet does not change what is drawn.
    const app = await createArmature({ ...config, strict: false });
    try {
      terminal.out((await app.graph(task).compile().getGraphAsync()).drawMermaid().trimEnd());
    } finally {
      await app.close();
    }
    return 0;
  },
};
