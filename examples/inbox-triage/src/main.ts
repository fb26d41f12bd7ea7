import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { explainRecord, sqliteJournal } from "@armature/journal";
import { type DemoResult, runDemo } from "./demo.js";
import { reasonsLine, replayLine, table } from "./report.js";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    count: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
  },
});

const folder = fileURLToPath(new URL("../out", import.meta.url));
const result = await runDemo({ count: Number(values.count), seed: Number(values.seed), folder });
const { raw, armature } = result;

console.log(`\n${table(raw, armature.figures)}\n`);
if (armature.figures.quarantined > 0) {
  console.log(`Quarantined: ${reasonsLine(armature.reasons)} (see ${folder}/quarantine.jsonl)\n`);
}
console.log(`${replayLine(armature.replays)}\n`);
await explainRepaired(result);
if (values.json) console.log(JSON.stringify({ raw, armature: armature.figures }));

/** The story of one request whose first answer was refused. */
async function explainRepaired({ armature }: DemoResult): Promise<void> {
  if (armature.repaired === undefined) return;
  const journal = sqliteJournal({ path: armature.journal });
  const record = await journal.read(armature.repaired);
  await journal.close();
  if (record) console.log(`${explainRecord(record)}\n`);
}
