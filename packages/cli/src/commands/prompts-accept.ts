import { resolve } from "node:path";
import { ArmatureError } from "@armature/contracts";
import { evaluationOf, readReport } from "@armature/evals";
import { acceptPrompt, checkPrompts, DEFAULT_LABEL, promptHash, writePromptLock } from "@armature/prompts";
import type { Command } from "../command.js";
import { loadLocked, promptOf } from "../prompt-lock.js";
import { UsageError } from "../usage-error.js";
import { whoAccepts } from "../who.js";

/** Records that somebody accepts a prompt on the strength of an evaluation of exactly this form. */
export const promptsAccept: Command = {
  usage: "<name@version>",
  summary: "accept a prompt on the strength of an evaluation",
  options: {
    eval: "the report of armature eval --baseline",
    by: "who accepts; git's user by default",
    label: "the label that moves to it; production by default",
    why: "one sentence for the label's move",
  },
  async run({ config, args, options, terminal }) {
    if (options.eval === undefined) {
      throw new UsageError("A prompt is accepted on the strength of an evaluation: pass --eval <report.json>.");
    }
    const locked = await loadLocked(config, terminal.cwd);
    const prompt = promptOf(locked, args[0]!);
    const report = readReport(resolve(terminal.cwd, options.eval));
    const subject = locked.withPrompt(report.task, prompt);
    const hash = promptHash(prompt, subject.surroundings);
    if (report.prompt.hash !== hash) {
      const message = `${options.eval} evaluated ${report.prompt.name}@${report.prompt.version} in another form (${report.prompt.hash.slice(0, 12)}) than ${args[0]} has now (${hash.slice(0, 12)}); evaluate it again`;
      throw new ArmatureError("CONFIG_INVALID", message);
    }
    const [before] = checkPrompts([subject], locked.lock);
    if (before?.status === "BREAKING") {
      // Whoever asks for this major version, and whoever rolls back within it, relies on what it takes and gives.
      const lines = [`${before.reference}: ${before.message}`, ...before.difference];
      throw new ArmatureError("CONFIG_INVALID", lines.join("\n"));
    }
    const { label = DEFAULT_LABEL, why } = options;
    const by = whoAccepts(options.by, locked.folder);
    const evaluation = evaluationOf(report);
    const acceptance = { by, at: Date.now(), evaluation, label, ...(why !== undefined && { why }) };
    writePromptLock(locked.lockFile, acceptPrompt(locked.lock, subject, acceptance));
    const cases = Object.values(evaluation.passes);
    const stable = cases.filter((passes) => passes === evaluation.trials).length;
    terminal.out(
      [
        ...(before?.difference ?? []),
        ...report.gate.reasons.map((reason) => `Accepted although ${reason}.`),
        `Accepted ${args[0]} in task ${report.task} by ${by}; ${label} stands at it.`,
        `Baseline: ${stable} of ${cases.length} cases passed all ${evaluation.trials} trials. Commit ${locked.lockName}.`,
      ].join("\n"),
    );
    return 0;
  },
};
