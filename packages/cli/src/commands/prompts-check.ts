import { checkPrompts, describeCheck } from "@armature/prompts";
import type { Command } from "../command.js";
import { loadLocked, unevaluated, waiting } from "../prompt-lock.js";

/** Compares every prompt with the lock, offline. 1 when one of them is not what was evaluated and accepted. */
export const promptsCheck: Command = {
  usage: "",
  summary: "compare every prompt with what was accepted; offline",
  options: { json: "the checks as one JSON list" },
  async run({ config, options, terminal }) {
    const locked = await loadLocked(config, terminal.cwd);
    const { subjects, lock, lockName } = locked;
    const checks = checkPrompts(subjects, lock);
    const wrong = checks.filter(({ status }) => status !== "OK").length;
    if (options.json) terminal.out(JSON.stringify(checks));
    else {
      const sum =
        wrong === 0 ? `Everything is as ${lockName} says.` : `${wrong} of ${checks.length} differ from ${lockName}.`;
      const lines = checks.flatMap((check) => [...describeCheck(check), ...unevaluated(locked, check)]);
      terminal.out([...lines, ...waiting(locked), sum].join("\n"));
    }
    return wrong === 0 ? 0 : 1;
  },
};
