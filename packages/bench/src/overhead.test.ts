import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProvider } from "@armature/testkit";
import { expect, test } from "vitest";
import { respond } from "./overhead/respond.js";
import { measureRounds } from "./overhead/rounds.js";
import { ANSWER_TEXT, email } from "./overhead/row.js";
import { openContenders } from "./overhead.js";

test("every contender gets the same row with one call, and is measured", { timeout: 30_000 }, async () => {
  const provider = await startProvider({ respond });
  const folder = mkdtempSync(join(tmpdir(), "armature-bench-"));
  const contenders = await openContenders(provider.url, folder);
  try {
    for (const [index, contender] of contenders.entries()) {
      expect(await contender.run(email(index)), contender.name).toEqual(JSON.parse(ANSWER_TEXT));
      expect(provider.log, contender.name).toHaveLength(index + 1);
    }
    const measured = await measureRounds(contenders, { concurrency: 2, rounds: 2, requests: 3 });
    expect(measured.size).toBe(contenders.length);
    for (const { cpuMs, p50Ms, p99Ms } of measured.values()) {
      expect(cpuMs).toBeGreaterThan(0);
      expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
    }
    expect(provider.log).toHaveLength(contenders.length * (1 + 2 * 3));
  } finally {
    for (const contender of contenders) await contender.close?.();
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
