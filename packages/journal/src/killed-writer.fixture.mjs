import { sqliteJournal } from "../dist/index.js";

// Runs as a process of its own, on the built package: writes requests, 32 at a time, until it is killed, and prints the
// name of each as soon as the journal says that it is durable.
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
    const state = { costs: [], text: "x".repeat(3_000) };
    await journal.write({ ...opening, status: "finished", state, timings: [], result: { ok: true, value: requestId } });
    process.stdout.write(`finished ${requestId}\n`);
  }
}

await Promise.all(Array.from({ length: 32 }, work));
