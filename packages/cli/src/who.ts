import { execFileSync } from "node:child_process";
import { UsageError } from "./usage-error.js";

/** Who takes the responsibility: the one named, or git's user of the folder. */
export function whoAccepts(by: string | undefined, folder: string): string {
  const name = by ?? gitUser(folder);
  if (name) return name;
  throw new UsageError("Nobody takes the responsibility: git knows no user here. Pass --by <name>.");
}

function gitUser(folder: string): string {
  try {
    const read = (key: string) =>
      execFileSync("git", ["config", key], {
        cwd: folder,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }).trim();
    return read("user.name");
  } catch {
    return "";
  }
}
