import fs, { mkdtempSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HoldRequest } from "@armature/contracts";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { sqliteBudgetStore } from "./sqlite-budget-store.js";

// A file of its own: it counts the syncs of the whole process, and stores of other tests would be counted too.
const NOW = Date.UTC(2026, 0, 31, 12);
const folder = mkdtempSync(join(tmpdir(), "budget-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const fresh = () => join(folder, `${++files}.db`);

function wish(attemptId: string, microUsd: number): HoldRequest {
  const lines = [{ account: "global/total", capMicroUsd: 1_000 }];
  return { attemptId, lines, microUsd, atLeastMicroUsd: 1, now: NOW, expiresAt: NOW + 60_000 };
}

describe("the disk", () => {
  const real = fs.fdatasync;
  let syncs = 0;
  let error: NodeJS.ErrnoException | null = null;
  beforeEach(() => {
    syncs = 0;
    error = null;
    fs.fdatasync = ((descriptor: number, done: (error: NodeJS.ErrnoException | null) => void) => {
      syncs += 1;
      if (error) setImmediate(done, error);
      else real(descriptor, done);
    }) as typeof fs.fdatasync;
    syncBuiltinESMExports();
  });
  afterEach(() => {
    fs.fdatasync = real;
    syncBuiltinESMExports();
  });

  async function spend(store: ReturnType<typeof sqliteBudgetStore>, id: string): Promise<void> {
    await store.hold(wish(id, 5));
    await store.dispatch(id, NOW);
  }

  test("gets what was dispatched within a second, in one sync however much it was, and nobody waits for it", async () => {
    const store = sqliteBudgetStore({ path: fresh() });
    await Promise.all(["a", "b", "c"].map((id) => spend(store, id)));
    expect(syncs).toBe(0);
    await expect.poll(() => syncs, { timeout: 5_000 }).toBe(1);
    await store.close();
    expect(syncs).toBe(1);
  });

  test("gets it before the store has closed", async () => {
    const store = sqliteBudgetStore({ path: fresh() });
    await spend(store, "a");
    await store.close();
    expect(syncs).toBe(1);
  });

  test("refuses everything once it has failed", async () => {
    const store = sqliteBudgetStore({ path: fresh() });
    error = Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
    await spend(store, "a");
    let number = 0;
    const ask = () =>
      store.hold(wish(`b${++number}`, 1)).then(
        () => "held",
        () => "refused",
      );
    await expect.poll(ask, { timeout: 5_000 }).toBe("refused");
    await store.close();
  });
});
