import type { JsonValue, Outcome, RequestRecord } from "@armature/contracts";
import type { Armature, Task } from "@armature/core";
import { explainJson } from "@armature/journal";
import type { Prompt } from "@armature/prompts";
import type { ArmatureConfig } from "./define-config.js";
import { newestPrompt } from "./exact-prompt.js";
import { allPrompts } from "./prompt-texts.js";
import { textDifference } from "./replay-report.js";
import type { Terminal } from "./terminal.js";
import { UsageError } from "./usage-error.js";

interface RerunRequest {
  readonly config: ArmatureConfig;
  /** `name@version`, or less of a version: then the newest that it allows. */
  readonly prompt: string | undefined;
  readonly model: string | undefined;
  readonly json: boolean;
  readonly terminal: Terminal;
}

/** How one of the two ended. */
interface Ending {
  readonly requestId: string;
  /** `name@version`; absent where the request ended before it had one. */
  readonly prompt?: string;
  readonly value?: JsonValue;
  readonly failure?: { readonly code: string; readonly message: string };
  readonly route?: string;
  readonly costMicroUsd: number;
  readonly durationMs: number;
}

/** Asks what a recorded request asked again, otherwise, and shows both endings. 0 when the new one is a value. */
export async function rerun(
  app: Armature,
  task: Task,
  record: RequestRecord,
  { config, prompt, model, json, terminal }: RerunRequest,
): Promise<number> {
  const missing = (["input", "passages", "memories"] as const).find((field) => record.digests?.[field]);
  if (missing) throw new UsageError(`The record of ${record.requestId} does not keep its ${missing}: nothing to ask.`);
  const change = {
    ...(prompt !== undefined && { prompt: newestPrompt(allPrompts(config), prompt) }),
    ...(model !== undefined && { models: [model] }),
  };
  // What is wrong with the change is said before anything is asked.
  const asked = app.prepare({ ...task, ...change }).prompt;
  const original = endingOfRecord(record);
  const changed = endingOfOutcome(await app.rerun(task, record, change), asked);
  if (json) terminal.out(JSON.stringify({ task: task.name, original, changed }));
  else terminal.out(beside(original, changed).join("\n"));
  return changed.failure ? 1 : 0;
}

function endingOfRecord(record: RequestRecord): Ending {
  const { result, cost, attempts, prompt } = explainJson(record);
  const route = attempts.findLast((attempt) => attempt.result === "answered")?.route;
  return {
    requestId: record.requestId,
    ...(prompt && { prompt: nameOf(prompt) }),
    ...(result?.ok === true && { value: result.value }),
    ...(result?.ok === false && { failure: result.failure }),
    ...(route !== undefined && { route }),
    costMicroUsd: cost.totalMicroUsd,
    durationMs: record.durationMs ?? 0,
  };
}

function endingOfOutcome(outcome: Outcome<unknown>, prompt: Prompt): Ending {
  const route = outcome.ok ? outcome.route : outcome.attempts.findLast(({ result }) => result === "answered")?.route;
  return {
    requestId: outcome.requestId,
    prompt: nameOf(prompt),
    ...(outcome.ok ? { value: outcome.value as JsonValue } : { failure: outcome.failure }),
    ...(route !== undefined && { route }),
    costMicroUsd: outcome.costMicroUsd,
    durationMs: outcome.durationMs,
  };
}

function nameOf({ name, version }: Pick<Prompt, "name" | "version">): string {
  return `${name}@${version}`;
}

const ROWS: readonly (readonly [label: string, show: (ending: Ending) => string])[] = [
  ["request", ({ requestId }) => requestId],
  ["prompt", ({ prompt }) => prompt ?? "none"],
  ["result", ({ failure }) => failure?.code ?? "value"],
  ["route", ({ route }) => route ?? "none"],
  ["cost", ({ costMicroUsd }) => `$${(costMicroUsd / 1_000_000).toFixed(6)}`],
  ["latency", ({ durationMs }) => `${Math.round(durationMs)} ms`],
];

function beside(original: Ending, changed: Ending): string[] {
  const width = Math.max(...ROWS.map(([, show]) => show(original).length)) + 2;
  const [before, after] = [said(original), said(changed)];
  return [
    `${"".padEnd(10)}${"recorded".padEnd(width)}now`,
    ...ROWS.map(([label, show]) => `${label.padEnd(10)}${show(original).padEnd(width)}${show(changed)}`),
    ...(before === after
      ? ["Both came to the same:", ...before.split("\n").map((line) => `  ${line}`)]
      : ["(- recorded, + now)", ...textDifference(before, after).map((line) => `  ${line}`)]),
  ];
}

function said({ value, failure }: Ending): string {
  return failure ? `${failure.code}: ${failure.message}` : JSON.stringify(value ?? null, undefined, 2);
}
