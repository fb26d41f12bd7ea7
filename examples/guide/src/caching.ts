import { createArmature, defineTask } from "@armature/core";
import { memoryCache } from "@armature/plugin-cache-memory";
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
  models: ["fast"],
  cache: true, // this task's answers may serve equal requests
});

const app = await createArmature({
  models: { fast: openai({ model: "gpt-4.1-mini" }) },
  plugins: [memoryCache({ ttlMs: 600_000 })],
  journal: "./armature.db",
});

const first = await app.run(capital, { country: "Austria" }, { tenant: "acme" });
const again = await app.run(capital, { country: "Austria" }, { tenant: "acme" });
console.log(again.costMicroUsd, again.attempts.length, again.cache?.originRequestId === first.requestId);
// → 0 0 true

const other = await app.run(capital, { country: "Austria" }, { tenant: "globex" });
const fresh = await app.run(capital, { country: "Austria" }, { tenant: "acme", cache: "bypass" });
console.log(other.attempts.length, fresh.attempts.length);
// → 1 1

await app.close();
