import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { sqliteJournal } from "@armature/journal";
import { seededRandom } from "@armature/testkit";

interface KillFigures {
  readonly rounds: number;
  readonly reported: number;
  /** Records that were reported as durable and are not there, or not finished. */
  readonly lost: number;
  /** Reported before a sync that had begun after the record was handed over had ended. */
  readonly unsynced: number;
  /** Openings that are neither finished nor marked after the next opening of the file. */
  readonly unmarked: number;
}

/** Kills a writer under load at a random moment, `rounds` times on one file, and looks what is left. */
export async function killRounds(path: string, rounds: number): Promise<KillFigures> {
  const random = seededRandom(4);
  const sum = { reported: 0, lost: 0, unsynced: 0, unmarked: 0 };
  for (let round = 0; round < rounds; round++) {
    const { opened, finished } = await writeUntilKilled(path, round, random.next() * 250);
    const journal = sqliteJournal({ path });
    const isFinished = new Set(finished.map(({ id }) => id));
    for (const { id, isSynced } of finished) {
      if ((await journal.read(id))?.status !== "finished") sum.lost += 1;
      if (!isSynced) sum.unsynced += 1;
    }
    for (const id of opened) {
      const status = isFinished.has(id) ? "finished" : (await journal.read(id))?.status;
      if (status !== "finished" && status !== "abandoned") sum.unmarked += 1;
    }
    sum.reported += finished.length;
    await journal.close();
  }
  return { rounds, ...sum };
}

async function writeUntilKilled(path: string, round: number, afterMs: number) {
  const script = fileURLToPath(new URL("./killed-writer.js", import.meta.url));
  const child = spawn(process.execPath, [script, path, String(round)], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  let isArmed = false;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
    if (isArmed || !output.includes("finished ")) return;
    isArmed = true;
    setTimeout(() => child.kill("SIGKILL"), afterMs);
  });
  await once(child, "close");
  // The last line may be cut in its middle.
  const lines = output.slice(0, output.lastIndexOf("\n") + 1).split("\n");
  const facts = lines.map((line) => line.split(" "));
  return {
    opened: facts.filter(([word]) => word === "opened").map(([, id = ""]) => id),
    finished: facts
      .filter(([word]) => word === "finished")
      .map(([, id = "", before, ended]) => ({ id, isSynced: Number(ended) > Number(before) })),
  };
}
