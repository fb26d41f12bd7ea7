import { explainRecord } from "@armature/journal";
import { loadConfig } from "../load-config.js";
import { openJournal } from "../open-journal.js";
import type { Terminal } from "../terminal.js";
import { UsageError } from "../usage-error.js";

/** Tells the story of one request from its record. Reads the journal without booting the application. */
export async function explain(path: string, requestId: string, terminal: Terminal): Promise<number> {
  const { journal, close } = openJournal(await loadConfig(path), path);
  try {
    const record = await journal.read(requestId);
    if (!record) throw new UsageError(`The journal has no request "${requestId}".`);
    terminal.out(explainRecord(record).trimEnd());
  } finally {
    await close();
  }
  return 0;
}
