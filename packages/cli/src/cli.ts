import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ArmatureError } from "@armature/contracts";
import { type Command, OPTIONS, type OptionName } from "./command.js";
import { check } from "./commands/check.js";
import { evaluate } from "./commands/eval.js";
import { evalDiff } from "./commands/eval-diff.js";
import { explain } from "./commands/explain.js";
import { graph } from "./commands/graph.js";
import { journalExport } from "./commands/journal-export.js";
import { promptsAccept } from "./commands/prompts-accept.js";
import { promptsCheck } from "./commands/prompts-check.js";
import { promptsRollback } from "./commands/prompts-rollback.js";
import { replay } from "./commands/replay.js";
import { problemsOf } from "./load-config.js";
import { processTerminal, type Terminal } from "./terminal.js";
import { UsageError } from "./usage-error.js";

const COMMANDS: { readonly [name: string]: Command } = {
  check,
  graph,
  explain,
  replay,
  "prompts check": promptsCheck,
  "prompts accept": promptsAccept,
  "prompts rollback": promptsRollback,
  eval: evaluate,
  "eval diff": evalDiff,
  "journal export": journalExport,
};

/**
 * Runs one command and resolves its exit code: 0, 1 when the application is wrong, 2 when the command line is. Never
 * rejects on what a user can cause.
 */
export async function runCli(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  try {
    const { values: options, positionals } = parse(args);
    const { name, command, rest } = find(positionals);
    if (options.help || !command) {
      (options.help ? terminal.out : terminal.err)(command ? helpOf(name, command) : HELP);
      return options.help ? 0 : 2;
    }
    checkCall(name, command, rest, Object.keys(options) as OptionName[]);
    const config = resolve(terminal.cwd, options.config ?? "armature.config.ts");
    return await command.run({ config, args: rest, options, terminal });
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.err(error.message);
      return 2;
    }
    if (isOfSystem(error)) {
      // Such as a full disk: its message names the operation and the file.
      terminal.err(error.message);
      return 1;
    }
    if (!ArmatureError.isInstance(error)) throw error;
    terminal.err(problemsOf(error).join("\n"));
    return 1;
  }
}

/** What the operating system refused, and no fault in the program. */
function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && "code" in error;
}

/** The longest command whose words the line begins with; none for an empty line. */
function find(words: readonly string[]): { name: string; command?: Command; rest: readonly string[] } {
  if (words.length === 0) return { name: "", rest: [] };
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(" ");
    if (Object.hasOwn(COMMANDS, name)) return { name, command: COMMANDS[name]!, rest: words.slice(length) };
  }
  const inGroup = Object.keys(COMMANDS).filter((name) => name.startsWith(`${words[0]} `));
  const typed = inGroup.length > 0 ? words.slice(0, 2).join(" ") : words[0];
  const names = (inGroup.length > 0 ? inGroup : Object.keys(COMMANDS)).join(", ");
  throw new UsageError(`There is no command "${typed}"; the commands are: ${names}.`);
}

function checkCall(name: string, command: Command, rest: readonly string[], given: readonly OptionName[]): void {
  const places = command.usage.split(" ").filter(Boolean);
  const needed = places.filter((place) => place.startsWith("<")).length;
  if (rest.length < needed || rest.length > places.length) {
    throw new UsageError(`It is called as: armature ${usage(name, command)}.`);
  }
  const unknown = given.find((option) => option !== "config" && !command.options?.[option]);
  if (unknown) {
    const taken = ["config", ...Object.keys(command.options ?? {})].map((option) => `--${option}`).join(", ");
    throw new UsageError(`armature ${name} takes no --${unknown}; it takes ${taken}.`);
  }
}

function usage(name: string, command: Command): string {
  return `${name} ${command.usage}`.trimEnd();
}

const HELP = [
  "armature <command> [--config <file>]",
  "",
  ...Object.entries(COMMANDS).map(([name, command]) => `  ${usage(name, command).padEnd(36)}${command.summary}`),
  "",
  "  --config <file> the application; armature.config.ts by default",
  "  --help          this text; behind a command, its options",
].join("\n");

function helpOf(name: string, command: Command): string {
  const options = Object.entries(command.options ?? {}).map(([option, what]) => {
    const { type } = OPTIONS[option as OptionName];
    return `  --${`${option}${type === "string" ? " <…>" : ""}`.padEnd(20)}${what}`;
  });
  return [`armature ${usage(name, command)}: ${command.summary}`, "", ...options].join("\n").trimEnd();
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split(". ")[0]}. See armature --help.`);
  }
}
