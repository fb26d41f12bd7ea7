import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProvider } from "@armature/testkit";
import { expect, test } from "vitest";
import { CONTENDERS } from "./overhead/contenders.js";
import { measure } from "./overhead/measure.js";
import { respond } from "./overhead/respond.js";
import { measureRounds } from "./overhead/rounds.js";
import { ANSWER_TEXT, email } from "./overhead/row.js";

test("every contender gets the same row with one call, and is measured", { timeout: 30_000 }, async () => {
  const provider = await startProvider({ respond });
  const folder = mkdtempSync(join(tmpdir(), "armature-bench-"));
  try {
    for (const [name, open] of Object.entries(CONTENDERS)) {
      const before = provider.log.length;
      const contender = await open(provider.url, folder);
      expect(await contender.run(email(1)), name).toEqual(JSON.parse(ANSWER_TEXT));
      expect(provider.log, name).toHaveLength(before + 1);
      const block = await measure(contender, { requests: 5, concurrency: 2 });
      expect(block.cpuMsPerRequest, name).toBeGreaterThan(0);
      expect(block.wallMs, name).toHaveLength(5);
      expect(provider.log, name).toHaveLength(before + 6);
      await contender.close?.();
    }
  } finally {
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("figures are medians and ranges over the rounds and percentiles over the requests", async () => {
  const cpu = [3, 1, 8];
  const contender = {
    name: "fetch + zod",
    measure: async () => ({ cpuMsPerRequest: cpu.shift() ?? 0, wallMs: [1, 2] }),
    close: async () => undefined,
  } as const;
  const measured = await measureRounds([contender], 3, { requests: 2, concurrency: 1 });
  expect(measured.get("fetch + zod")).toEqual({ cpuMs: 3, cpuRangeMs: [1, 8], p50Ms: 1, p99Ms: 2 });
});
