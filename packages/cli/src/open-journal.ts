import { existsSync } from "node:fs";
import type { Journal } from "@armature/contracts";
import { sqliteJournal } from "@armature/journal";
import type { ArmatureConfig } from "./define-config.js";
import { UsageError } from "./usage-error.js";

/** Opens the journal that a config names, without booting the application and without making a new file. */
export function openJournal(
  { journal }: ArmatureConfig,
  path: string,
): { readonly journal: Journal; close(): Promise<void> } {
  if (journal === undefined) {
    throw new UsageError(`${path} names no journal; commands read the one that \`journal\` says.`);
  }
  if (typeof journal !== "string") return { journal, close: async () => undefined };
  if (!existsSync(journal)) throw new UsageError(`There is no journal at ${journal} yet: no request has run.`);
  const opened = sqliteJournal({ path: journal });
  return { journal: opened, close: () => opened.close() };
}
