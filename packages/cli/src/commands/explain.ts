import { explainJson, explainRecord } from "@armature/journal";
import type { Command } from "../command.js";
import { loadConfig } from "../load-config.js";
import { openJournal } from "../open-journal.js";
import { promptTexts } from "../prompt-texts.js";
import { UsageError } from "../usage-error.js";

/** Tells the story of one request from its record. */
export const explain: Command = {
  usage: "<id>",
  summary: "tell the story of one request from its record",
  options: { json: "the whole story as one JSON object" },
  async run({ config: path, args, options, terminal }) {
    const config = await loadConfig(path);
    const { journal, close } = await openJournal(config, path);
    try {
      const record = await journal.read(args[0]!);
      if (!record) throw new UsageError(`The journal has no request "${args[0]}".`);
      const texts = { promptTexts: promptTexts(config) };
      terminal.out(options.json ? JSON.stringify(explainJson(record, texts)) : explainRecord(record, texts).trimEnd());
    } finally {
      await close();
    }
    return 0;
  },
};
