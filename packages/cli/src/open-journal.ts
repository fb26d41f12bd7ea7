import { existsSync } from "node:fs";
import { Journal } from "@armature/contracts";
import { type Armature, createArmature } from "@armature/core";
import { sqliteJournal } from "@armature/journal";
import type { ArmatureConfig } from "./define-config.js";
import { UsageError } from "./usage-error.js";

interface OpenJournal {
  readonly journal: Journal;
  close(): Promise<void>;
}

/**
 * Opens the journal that the application writes to: a plugin's, for which the application is booted, or the one that the
 * config names, for which nothing is. Makes no new file.
 */
export async function openJournal(config: ArmatureConfig, path: string): Promise<OpenJournal> {
  if (pluginKeepsJournal(config)) {
    const app = await openApp(config, path);
    return { journal: app.journal, close: () => app.close() };
  }
  const { journal } = config;
  requireJournal(config, path);
  if (typeof journal !== "string") return { journal: journal!, close: async () => undefined };
  const opened = sqliteJournal({ path: journal });
  return { journal: opened, close: () => opened.close() };
}

/**
 * Boots the application to look at what has run. Its tasks are prepared when they are asked for and need not stand in the
 * lock: one that is broken, or edited and not accepted yet, keeps nobody from looking at the others.
 */
export async function openApp(config: ArmatureConfig, path: string): Promise<Armature> {
  if (!pluginKeepsJournal(config)) requireJournal(config, path);
  return createArmature({ ...config, tasks: [], strict: false });
}

function requireJournal({ journal }: ArmatureConfig, path: string): void {
  if (journal === undefined) {
    throw new UsageError(`${path} names no journal and none of its plugins keeps one: there is nothing to read.`);
  }
  if (typeof journal === "string" && !existsSync(journal)) {
    throw new UsageError(`There is no journal at ${journal} yet: no request has run.`);
  }
}

/** A plugin's journal comes before the config's, as it does in the application. */
function pluginKeepsJournal({ plugins = [] }: ArmatureConfig): boolean {
  return plugins.some(({ definition }) => definition.provides?.some(({ key }) => key === Journal.key));
}
