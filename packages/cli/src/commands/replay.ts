import { taskNamed } from "../chosen-task.js";
import type { Call, Command } from "../command.js";
import { loadConfig } from "../load-config.js";
import { openApp } from "../open-journal.js";
import { replayed, replayLines } from "../replay-report.js";
import { replayWindow } from "../replay-window.js";
import { rerun } from "../rerun.js";
import { UsageError } from "../usage-error.js";

/** Runs recorded requests again. 0 when they come to the same, or when the request that was changed ends in a value. */
export const replay: Command = {
  usage: "[id]",
  summary: "run a recorded request again, or all since a time",
  options: {
    since: "in place of an id: every request since 7d, 12h, or a date",
    task: "with --since: of which task; needed where there are several",
    limit: "with --since: the newest so many",
    prompt: "with an id: ask again, live, with this prompt, name@version or the newest of name@major",
    model: "with an id: ask again, live, this model",
    json: "the result as one JSON object",
  },
  async run(call) {
    checkOptions(call);
    const { config: path, args, options, terminal } = call;
    const config = await loadConfig(path);
    const app = await openApp(config, path);
    try {
      if (args[0] === undefined) return await replayWindow(app, config, call);
      const record = await app.journal.read(args[0]);
      if (!record) throw new UsageError(`The journal has no request "${args[0]}".`);
      const task = taskNamed(config, record.task, path);
      const { prompt, model } = options;
      if (prompt !== undefined || model !== undefined) {
        return await rerun(app, task, record, { config, prompt, model, json: options.json === true, terminal });
      }
      const one = replayed(record, await app.replay(task, record));
      terminal.out(options.json ? JSON.stringify(one) : replayLines(one).join("\n"));
      return one.status === "equal" ? 0 : 1;
    } finally {
      await app.close();
    }
  },
};

function checkOptions({ args, options }: Call): void {
  if ((args[0] === undefined) === (options.since === undefined)) {
    throw new UsageError("It is called as: armature replay <id>, or armature replay --since <time>.");
  }
  const [foreign, companion] =
    args[0] === undefined ? ([["prompt", "model"], "an id"] as const) : ([["task", "limit"], "--since"] as const);
  const misplaced = foreign.find((option) => options[option] !== undefined);
  if (misplaced) throw new UsageError(`--${misplaced} goes with ${companion}; see armature replay --help.`);
}
