import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { UsageError } from "./usage-error.js";

/**
 * The absolute path of a file that a command is to write; absent where the option is. Refused before the command begins
 * when nothing can be written there: a result that was paid for must not be lost to a typing error.
 */
export function outFile(option: string, file: string | undefined, cwd: string): string | undefined {
  if (file === undefined) return undefined;
  const path = resolve(cwd, file);
  const folder = dirname(path);
  const parent = statSync(folder, { throwIfNoEntry: false });
  if (!parent?.isDirectory()) throw new UsageError(`--${option} ${file}: there is no folder ${folder}; make it first.`);
  const before = statSync(path, { throwIfNoEntry: false });
  if (before?.isDirectory()) throw new UsageError(`--${option} ${file}: is a folder; name a file.`);
  try {
    accessSync(before ? path : folder, constants.W_OK);
  } catch {
    throw new UsageError(`--${option} ${file}: cannot be written; check the permissions of ${before ? path : folder}.`);
  }
  return path;
}
