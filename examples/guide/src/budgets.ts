import { createArmature, defineTask } from "@armature/core";
import { openai } from "@armature/plugin-model-openai";
import { definePrompt } from "@armature/prompts";
import { z } from "zod";

const capital = defineTask({
  name: "capital",
  input: z.object({ country: z.string() }),
  output: z.object({ city: z.string() }),
  prompt: definePrompt({
    name: "capital",
    version: "1.0.0",
    messages: [{ role: "user", content: "Capital of {{country}}? Answer with JSON: {{schema}}" }],
  }),
  models: ["house"],
  limits: { maxOutputTokens: 400, minOutputTokens: 400, maxCostUsd: 0.01 }, // of one request, all attempts together
});

const app = await createArmature({
  models: { house: openai({ model: "house-model", provider: "vllm" }) },
  prices: { "vllm/house-model": { input: 1, output: 2 } }, // USD for a million tokens; the price list has the usual models
  budgets: [{ scope: "tenant", window: "day", usd: 0.002 }],
  journal: "./armature.db", // the budgets' counters live in the same file
});

const outcome = await app.run(capital, { country: "Austria" }, { tenant: "acme" });
console.log(outcome.ok, outcome.costMicroUsd > 0, outcome.costs.length);
// → true true 1

const nobody = await app.run(capital, { country: "Austria" });
if (!nobody.ok) console.log(nobody.failure.code);
// → TENANT_REQUIRED

const askedAtOnce = await Promise.all(
  ["Norway", "Italy", "Spain"].map((country) => app.run(capital, { country }, { tenant: "acme" })),
);
console.log(askedAtOnce.map((one) => (one.ok ? "answered" : one.failure.code)).sort());
// → [ 'BUDGET_EXCEEDED', 'BUDGET_EXCEEDED', 'answered' ]

await app.close();
