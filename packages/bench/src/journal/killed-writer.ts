import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { sampleOpening, sampleRecord } from "./sample-record.js";

// Runs as a process of its own until it is killed: writes requests, 32 at a time, and prints the name of each as soon as
// the journal says that it is durable, with the syncs that had begun before and those that have ended since.
let begun = 0;
let ended = 0;
const real = fs.fdatasync;
fs.fdatasync = ((descriptor: number, callback: fs.NoParamCallback) => {
  begun += 1;
  real(descriptor, (error) => {
    ended += 1;
    callback(error);
  });
}) as typeof fs.fdatasync;
syncBuiltinESMExports();
const { sqliteJournal } = await import("@armature/journal");

const [path = "", round = ""] = process.argv.slice(2);
const journal = sqliteJournal({ path });
let next = 0;

async function work(): Promise<never> {
  for (;;) {
    const index = next++;
    const requestId = `${round}-${index}`;
    const opening = sampleOpening(requestId, index, Date.now());
    await journal.open(opening);
    process.stdout.write(`opened ${requestId}\n`);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
    const before = begun;
    await journal.write(sampleRecord(opening, index));
    process.stdout.write(`finished ${requestId} ${before} ${ended}\n`);
  }
}

await Promise.all(Array.from({ length: 32 }, work));
