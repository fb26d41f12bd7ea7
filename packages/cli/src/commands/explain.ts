import { existsSync } from "node:fs";
import { explainRecord, sqliteJournal } from "@armature/journal";
import { loadConfig } from "../load-config.js";
import type { Terminal } from "../terminal.js";
import { UsageError } from "../usage-error.js";

/** Tells the story of one request from its record. Reads the journal without booting the application. */
export async function explain(path: string, requestId: string, terminal: Terminal): Promise<number> {
  const { journal } = await loadConfig(path);
  if (journal === undefined) {
    throw new UsageError(`${path} names no journal; explain reads the one that \`journal\` says.`);
  }
  if (typeof journal === "string" && !existsSync(journal)) {
    throw new UsageError(`There is no journal at ${journal} yet: no request has run.`);
  }
  const opened = typeof journal === "string" ? sqliteJournal({ path: journal }) : undefined;
  try {
    const record = await (opened ?? (journal as Exclude<typeof journal, string>)).read(requestId);
    if (!record) throw new UsageError(`The journal has no request "${requestId}".`);
    terminal.out(explainRecord(record).trimEnd());
  } finally {
    await opened?.close();
  }
  return 0;
}
