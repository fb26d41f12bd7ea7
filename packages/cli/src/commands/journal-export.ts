import { writeFileSync } from "node:fs";
import type { Journal } from "@armature/contracts";
import { casesFromJournal } from "@armature/evals";
import { chosenTask, taskNames } from "../chosen-task.js";
import type { Command } from "../command.js";
import type { ArmatureConfig } from "../define-config.js";
import { loadConfig } from "../load-config.js";
import { openJournal } from "../open-journal.js";
import { pointInTime, wholeNumber } from "../option-value.js";
import { outFile } from "../out-file.js";
import { UsageError } from "../usage-error.js";

/** Makes a data set of recorded requests: from production to test. */
export const journalExport: Command = {
  usage: "",
  summary: "make a data set of recorded requests",
  options: {
    "as-dataset": "the JSONL file to write; needed",
    failed: "only requests that ended in a failure",
    task: "of which task; needed where there are several",
    since: "accepted since: 7d, 12h, or a date",
    limit: "of the newest so many",
    sample: "so many of them, drawn by --seed",
    seed: "1 by default",
  },
  async run({ config: path, options, terminal }) {
    const { "as-dataset": file, failed = false } = options;
    if (file === undefined) throw new UsageError("Say where to: --as-dataset <file.jsonl>.");
    const target = outFile("as-dataset", file, terminal.cwd)!;
    const config = await loadConfig(path);
    const task = chosenTask(config, options.task);
    const since = pointInTime("since", options.since, Date.now());
    const limit = wholeNumber("limit", options.limit);
    const sample = wholeNumber("sample", options.sample);
    const seed = wholeNumber("seed", options.seed);
    const { journal, close } = await openJournal(config, path);
    try {
      const cases = await casesFromJournal(journal, {
        task,
        failed,
        ...(since !== undefined && { since }),
        ...(limit !== undefined && { limit }),
        ...(sample !== undefined && { sample }),
        ...(seed !== undefined && { seed }),
      });
      if (cases.length === 0) {
        terminal.err(await describeNothing(journal, config, task, failed));
        return 1;
      }
      writeFileSync(target, cases.map((one) => `${JSON.stringify(one)}\n`).join(""));
      terminal.out(`Wrote ${cases.length} ${cases.length === 1 ? "case" : "cases"} of task ${task} to ${file}.`);
      return 0;
    } finally {
      await close();
    }
  },
};

/** Why there is no case: the name, the other options, or a content policy that keeps no inputs. */
async function describeNothing(
  journal: Journal,
  { tasks = [] }: ArmatureConfig,
  task: string,
  failed: boolean,
): Promise<string> {
  const [any] = await journal.find({ task, limit: 1 });
  if (any) {
    const what = `The journal has no ${failed ? "failed " : ""}request of task ${task} with its content`;
    return `${what} among those asked for; it has others, or its content policy keeps no inputs.`;
  }
  const known = tasks.some(({ name }) => name === task);
  return `The journal has no request of task "${task}"${known ? " yet" : `; the tasks are: ${taskNames(tasks)}`}.`;
}
