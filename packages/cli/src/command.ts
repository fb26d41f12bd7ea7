import type { Terminal } from "./terminal.js";

/** Every option of every command: one name means one thing. */
export const OPTIONS = {
  config: { type: "string", short: "c" },
  help: { type: "boolean", short: "h" },
  json: { type: "boolean" },
  by: { type: "string" },
  eval: { type: "string" },
  task: { type: "string" },
  label: { type: "string" },
  why: { type: "string" },
  to: { type: "string" },
  baseline: { type: "boolean" },
  against: { type: "string" },
  prompt: { type: "string" },
  model: { type: "string" },
  trials: { type: "string" },
  concurrency: { type: "string" },
  "max-usd": { type: "string" },
  out: { type: "string" },
  junit: { type: "string" },
  html: { type: "string" },
  failed: { type: "boolean" },
  since: { type: "string" },
  limit: { type: "string" },
  sample: { type: "string" },
  seed: { type: "string" },
  "as-dataset": { type: "string" },
} as const;

export type OptionName = keyof typeof OPTIONS;

type OptionValues = {
  readonly [name in OptionName]?: (typeof OPTIONS)[name]["type"] extends "string" ? string : boolean;
};

/** One call of a command. */
export interface Call {
  /** The config file, absolute. */
  readonly config: string;
  /** What stands behind the command's name. */
  readonly args: readonly string[];
  readonly options: OptionValues;
  readonly terminal: Terminal;
}

/** A command; each has a file of its own in `commands`, and a line in the table of `cli.ts`. */
export interface Command {
  /** What stands behind the name: `<task>` has to, `[name]` may. */
  readonly usage: string;
  readonly summary: string;
  /** What it takes beside `--config`, each with what it is for. */
  readonly options?: { readonly [name in OptionName]?: string };
  /** Resolves the exit code. */
  run(call: Call): Promise<number>;
}
