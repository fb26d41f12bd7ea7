import { createArmature, defineTask } from "@armature/core";
import { openai } from "@armature/plugin-model-openai";
import { definePrompt } from "@armature/prompts";
import { z } from "zod";

const triage = defineTask({
  name: "triage",
  input: z.object({ body: z.string() }),
  output: z.object({ category: z.enum(["billing", "bug"]), summary: z.string() }),
  prompt: definePrompt({
    name: "triage",
    version: "1.0.0",
    messages: [{ role: "user", content: "Sort this e-mail: {{body}}" }],
  }),
  models: ["fast"],
});

const app = await createArmature({
  models: { fast: openai({ model: "gpt-4.1-mini" }) },
  journal: "./armature.db",
});

const email = { body: "I was charged twice for March. Please help." };
let shown = {};
for await (const event of app.stream(triage, email, { delivery: "live" })) {
  if (event.type === "partial") shown = event.partial.value ?? {}; // what has come so far, typed by the schema
  if (event.type === "restart") shown = {}; // takes back all that was shown: another attempt begins
  if (event.type === "outcome") console.log(shown, event.outcome.ok); // the last event, and the only contract
}
await app.close();
// → { category: 'billing', summary: 'Charged twice.' } true
