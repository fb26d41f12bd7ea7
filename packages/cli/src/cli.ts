import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ArmatureError } from "@armature/contracts";
import { check } from "./commands/check.js";
import { explain } from "./commands/explain.js";
import { graph } from "./commands/graph.js";
import { problemsOf } from "./load-config.js";
import { processTerminal, type Terminal } from "./terminal.js";
import { UsageError } from "./usage-error.js";

interface Command {
  /** What stands after the command's name; absent where nothing does. */
  readonly argument?: string;
  readonly summary: string;
  run(config: string, argument: string, terminal: Terminal): Promise<number>;
}

const COMMANDS: { readonly [name: string]: Command } = {
  check: {
    summary: "boot the application and list everything that is wrong",
    run: (config, _, terminal) => check(config, terminal),
  },
  graph: { argument: "task", summary: "draw the state machine of a task as Mermaid", run: graph },
  explain: { argument: "id", summary: "tell the story of one request from its record", run: explain },
};

const HELP = [
  "armature <command> [--config <file>]",
  "",
  ...Object.entries(COMMANDS).map(([name, { argument, summary }]) => `  ${usage(name, argument).padEnd(16)}${summary}`),
  "",
  "  --config <file> the application; armature.config.ts by default",
  "  --help          this text",
].join("\n");

/**
 * Runs one command and resolves its exit code: 0, 1 when the application is wrong, 2 when the command line is. Never
 * rejects on what a user can cause.
 */
export async function runCli(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  try {
    const { values, positionals } = parse(args);
    const [name, argument, ...rest] = positionals;
    if (values.help || name === undefined) {
      (values.help ? terminal.out : terminal.err)(HELP);
      return values.help ? 0 : 2;
    }
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) {
      throw new UsageError(`There is no command "${name}"; the commands are: ${Object.keys(COMMANDS).join(", ")}.`);
    }
    if ((command.argument === undefined) !== (argument === undefined) || rest.length > 0) {
      throw new UsageError(`It is called as: armature ${usage(name, command.argument)}.`);
    }
    const config = resolve(terminal.cwd, values.config ?? "armature.config.ts");
    return await command.run(config, argument ?? "", terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.err(error.message);
      return 2;
    }
    if (!ArmatureError.isInstance(error)) throw error;
    terminal.err(problemsOf(error).join("\n"));
    return 1;
  }
}

function usage(name: string, argument: string | undefined): string {
  return argument === undefined ? name : `${name} <${argument}>`;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { config: { type: "string", short: "c" }, help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split(". ")[0]}. See armature --help.`);
  }
}
