import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

// Runs as a process of its own, on the built package: writes requests, 32 at a time, until it is killed, and prints the
// name of each as soon as the journal says that it is durable. With it stands how many syncs had begun when the record
// was handed over, and how many have ended now: one that began later must be among those.
let begun = 0;
let ended = 0;
for (const name of ["fsync", "fdatasync"]) {
  const real = fs[name];
  fs[name] = (descriptor, callback) => {
    begun += 1;
    real(descriptor, (error) => {
      ended += 1;
      callback(error);
    });
  };
}
syncBuiltinESMExports();
const { sqliteJournal } = await import("../dist/index.js");
const { initialRequestState } = await import("../../contracts/dist/index.js");

const [path = "", round = ""] = process.argv.slice(2);
const journal = sqliteJournal({ path });
let next = 0;

async function work() {
  for (;;) {
    const requestId = `${round}-${next++}`;
    const opening = {
      version: 1,
      requestId,
      task: "triage",
      acceptedAt: Date.now(),
      input: { hash: "", bytes: 0 },
      hashes: { task: "", config: "" },
      plugins: [],
    };
    await journal.open(opening);
    process.stdout.write(`opened ${requestId}\n`);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
    const state = initialRequestState(opening, "x".repeat(3_000));
    const before = begun;
    await journal.write({ ...opening, status: "finished", state, timings: [], result: { ok: true, value: requestId } });
    process.stdout.write(`finished ${requestId} ${before} ${ended}\n`);
  }
}

await Promise.all(Array.from({ length: 32 }, work));
