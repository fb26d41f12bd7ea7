import type { Armature } from "@armature/core";
import { chosenTask, taskNamed } from "./chosen-task.js";
import type { Call } from "./command.js";
import type { ArmatureConfig } from "./define-config.js";
import { pointInTime, wholeNumber } from "./option-value.js";
import { type Replayed, replayed, replayLines } from "./replay-report.js";

/** Divergences and reasons that are told at length. */
const TOLD = 5;

/**
 * Replays every finished request of a task since a time: does today's code still come to what was recorded? 0 when none
 * came to something else and at least one could be replayed.
 */
export async function replayWindow(
  app: Armature,
  config: ArmatureConfig,
  { config: path, options, terminal }: Call,
): Promise<number> {
  const task = taskNamed(config, chosenTask(config, options.task), path);
  const since = pointInTime("since", options.since, Date.now())!;
  const limit = wholeNumber("limit", options.limit) ?? Number.MAX_SAFE_INTEGER;
  const found = await app.journal.find({ task: task.name, since, status: "finished", limit });
  const all: Replayed[] = [];
  for (const { requestId } of found) {
    const record = await app.journal.read(requestId);
    // Retention may have removed it in the meantime.
    if (record) all.push(replayed(record, await app.replay(task, record)));
    terminal.progress?.(`${task.name} ${all.length}/${found.length}`);
  }
  terminal.progress?.("");
  if (all.length === 0) {
    terminal.err(`The journal has no finished request of task ${task.name} since ${new Date(since).toISOString()}.`);
    return 1;
  }
  const equal = all.filter(({ status }) => status === "equal");
  const diverged = all.filter((one) => one.status === "diverged");
  const unreplayable = all.filter((one) => one.status === "unreplayable");
  const counts = { equal: equal.length, diverged: diverged.length, unreplayable: unreplayable.length };
  if (options.json)
    terminal.out(
      JSON.stringify({ task: task.name, since, ...counts, divergences: diverged, reasons: reasonsOf(unreplayable) }),
    );
  else {
    terminal.out(
      [
        ...diverged.slice(0, TOLD).flatMap(replayLines),
        ...(diverged.length > TOLD ? [`... and ${diverged.length - TOLD} more that came to something else`] : []),
        ...reasonsOf(unreplayable)
          .slice(0, TOLD)
          .map(({ why, count }) => `${count} not replayable: ${why}`),
        `${all.length} of task ${task.name}: ${counts.equal} equal, ${counts.diverged} diverged, ${counts.unreplayable} not replayable.`,
      ].join("\n"),
    );
  }
  return counts.diverged === 0 && counts.equal > 0 ? 0 : 1;
}

/** Why records could not be replayed, the most frequent first. */
function reasonsOf(all: readonly Replayed[]): { readonly why: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const one of all) {
    for (const why of one.status === "unreplayable" ? one.why : []) counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  return [...counts].map(([why, count]) => ({ why, count })).sort((a, b) => b.count - a.count);
}
