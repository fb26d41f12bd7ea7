import { createArmature } from "@armature/core";
import type { Command } from "../command.js";
import { problemsOf, readConfig } from "../load-config.js";
import { UsageError } from "../usage-error.js";

/** Boots the application and lists everything that is wrong with it. 0 when nothing is, 1 otherwise. */
export const check: Command = {
  usage: "",
  summary: "boot the application and list everything that is wrong",
  async run({ config: path, terminal }) {
    try {
      const config = await readConfig(path);
      const app = await createArmature(config);
      await app.close();
      const { models, plugins = [], tasks = [] } = config;
      const counts = [count(Object.keys(models).length, "model"), count(plugins.length, "plugin")];
      terminal.out(`Everything is in order: ${counts.join(", ")}, ${count(tasks.length, "task")}.`);
      return 0;
    } catch (error) {
      if (error instanceof UsageError) throw error;
      const problems = problemsOf(error);
      terminal.err([`${count(problems.length, "problem")}:`, ...problems.map((one) => `  - ${one}`)].join("\n"));
      return 1;
    }
  },
};

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? "" : "s"}`;
}
