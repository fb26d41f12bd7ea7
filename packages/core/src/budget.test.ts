import { memoryJournal } from "@armature/journal";
import { openai } from "@armature/plugin-model-openai";
import { type Provider, type Responder, startProvider } from "@armature/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Armature } from "./armature.js";
import { createArmature } from "./create-armature.js";
import type { ArmatureOptions } from "./options.js";
import { ask } from "./runners.fixture.js";
import { defineTask } from "./task.js";

const task = defineTask({
  name: "paid",
  input: z.object({ question: z.string() }),
  output: z.object({ answer: z.number() }),
  prompt: ask,
  models: ["house"],
  limits: { retries: 0, reasks: 0, maxOutputTokens: 50, minOutputTokens: 10 },
});

let app: Armature;
let provider: Provider;
const journal = memoryJournal();

async function open(respond: Responder, options: Pick<ArmatureOptions, "budgets" | "prices">): Promise<void> {
  provider = await startProvider({ respond });
  app = await createArmature({
    models: { house: openai({ model: "house-1", baseUrl: provider.url }) },
    journal,
    ...options,
  });
}

afterEach(async () => {
  await app.close();
  await provider.close();
});

describe("a budget", () => {
  it("takes a bill beyond the hold as a debt, says so, and lets nothing more in", async () => {
    const usage = { inputTokens: 5, outputTokens: 5_000 };
    await open(() => ({ text: '{"answer": 1}', usage }), {
      budgets: [{ scope: "global", window: "day", usd: 0.004 }],
      prices: { "house-1": { input: 1, output: 1 } },
    });
    const outcome = await app.run(task, { question: "?" });
    expect(outcome).toMatchObject({ ok: true, costMicroUsd: 5_005 });
    expect(outcome.degraded).toEqual([expect.stringMatching(/billed 5005 micro-dollars .* more than its hold/)]);
    expect((await journal.read(outcome.requestId))?.state.degraded).toEqual(outcome.degraded);
    expect(await app.run(task, { question: "?" })).toMatchObject({ ok: false, failure: { code: "BUDGET_EXCEEDED" } });
    expect(provider.log).toHaveLength(1);
  });
});
