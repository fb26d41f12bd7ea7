import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seededRandom } from "@armature/testkit";
import Database from "libsql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sqliteBudgetStore } from "./sqlite-budget-store.js";

const ROUNDS = 8;
const CAP = 1_000_000;
const TENANT = "tenant:acme/total";

interface HoldRow {
  readonly attempt_id: string;
  readonly micro_usd: number;
  readonly state: string;
}

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "budget-crash-"));
  // The spenders run the built package; where it has just been built, this does nothing.
  const tsc = fileURLToPath(new URL("../../../node_modules/.bin/tsc", import.meta.url));
  execFileSync(tsc, ["-b", fileURLToPath(new URL("..", import.meta.url))]);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

test("kill -9 forgets no dispatched hold and breaks no cap", { timeout: 300_000 }, async () => {
  const path = join(folder, "budget.db");
  const random = seededRandom(9);
  for (let round = 0; round < ROUNDS; round++) {
    const names = [`p${round}a`, `p${round}b`];
    const said = (
      await Promise.all(names.map((name) => spendUntilKilled(path, name, 30 + random.next() * 200)))
    ).flat();
    const dispatched = said.filter((line) => line.startsWith("dispatched ")).map((line) => line.split(" ")[1]!);
    const settled = said.filter((line) => line.startsWith("settled ")).map((line) => line.split(" "));
    expect(dispatched.length).toBeGreaterThan(0);

    const store = sqliteBudgetStore({ path });
    const [before] = await store.balances([TENANT], Date.now());
    expect(before!.settledMicroUsd + before!.heldMicroUsd).toBeLessThanOrEqual(CAP + before!.debtMicroUsd);
    const stateOf = new Map(readHolds(path).map((hold) => [hold.attempt_id, hold]));
    for (const id of dispatched) expect(stateOf.get(id)?.state).toMatch(/^(dispatched|settled)$/);
    for (const [, id] of settled) expect(stateOf.get(id!)?.state).toBe("settled");

    const open = [...stateOf.values()].filter(({ state }) => state === "dispatched");
    const charges = open.reduce((sum, hold) => sum + hold.micro_usd, 0);
    const [after] = await store.balances([TENANT], Date.now() + 120_000);
    expect(after).toEqual({
      account: TENANT,
      heldMicroUsd: 0,
      debtMicroUsd: before!.debtMicroUsd,
      // What was dispatched became a charge; what was only held came back.
      settledMicroUsd: before!.settledMicroUsd + charges,
    });
    expect(readHolds(path).some(({ state }) => state === "held" || state === "dispatched")).toBe(false);
    await store.close();
  }
});

test("two processes that hammer one cap end at it, within one call and what was billed beyond", async () => {
  const path = join(folder, "full.db");
  const cap = 4_000;
  const said = await Promise.all(["a", "b"].map((name) => spendUntilKilled(path, name, Number.POSITIVE_INFINITY, cap)));
  expect(said.every((lines) => lines.at(-1) === "full")).toBe(true);
  const store = sqliteBudgetStore({ path });
  const [end] = await store.balances([TENANT], Date.now());
  expect(end!.settledMicroUsd + end!.heldMicroUsd).toBeLessThanOrEqual(cap + end!.debtMicroUsd);
  expect(end!.settledMicroUsd + end!.heldMicroUsd).toBeGreaterThan(cap - 46);
  await store.close();
}, 60_000);

/** Kills the process so many milliseconds after its first word, or once it says that the cap is full; what it said. */
async function spendUntilKilled(path: string, name: string, afterMs: number, cap = CAP): Promise<string[]> {
  const script = fileURLToPath(new URL("killed-spender.fixture.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, path, name, String(cap)], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  const kill = () => child.kill("SIGKILL");
  child.stdout.on("data", (chunk) => {
    if (output === "" && Number.isFinite(afterMs)) setTimeout(kill, afterMs);
    output += String(chunk);
    if (output.endsWith("full\n")) kill();
  });
  await once(child, "close");
  // A line that was cut says nothing.
  return output.split("\n").slice(0, -1);
}

function readHolds(path: string): HoldRow[] {
  const database = new Database(path);
  try {
    return database.prepare("SELECT attempt_id, micro_usd, state FROM holds").all([]) as HoldRow[];
  } finally {
    database.close();
  }
}
