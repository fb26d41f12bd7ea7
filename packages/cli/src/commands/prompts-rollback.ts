import { dirname, resolve } from "node:path";
import { DEFAULT_LABEL, pinOf, readPromptLock, rollback, writePromptLock } from "@armature/prompts";
import type { Command } from "../command.js";
import { loadConfig } from "../load-config.js";
import { UsageError } from "../usage-error.js";
import { whoAccepts } from "../who.js";

/** Moves a label back to what was accepted before. It evaluates nothing and waits for nothing. */
export const promptsRollback: Command = {
  usage: "<name@major>",
  summary: "move a label back to what was accepted before",
  options: {
    why: "one sentence, for the lock and every record; needed",
    to: "the version to go back to; the one before by default",
    label: "production by default",
    by: "who takes the responsibility; git's user by default",
  },
  async run({ config, args, options, terminal }) {
    const { why, to, label = DEFAULT_LABEL } = options;
    if (why === undefined) throw new UsageError("Say why: --why <one sentence>. The records will tell it.");
    const folder = dirname(config);
    const lockFile = resolve(folder, (await loadConfig(config)).lock ?? "prompts.lock.json");
    const by = whoAccepts(options.by, folder);
    const before = readPromptLock(lockFile);
    const after = rollback(before, args[0]!, { by, at: Date.now(), why, label, ...(to !== undefined && { to }) });
    writePromptLock(lockFile, after);
    const versions = [before, after].map((lock) => pinOf(lock, args[0]!, label)?.version);
    terminal.out(`${args[0]} ${label}: ${versions.join(" -> ")}, by ${by}: ${why}`);
    return 0;
  },
};
