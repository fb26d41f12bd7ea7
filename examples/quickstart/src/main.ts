import { createArmature, defineTask } from "@armature/core";
import { sourced } from "@armature/output";
import { piiGuard } from "@armature/plugin-guard-pii";
import { windowMemory } from "@armature/plugin-memory-window";
import { openai } from "@armature/plugin-model-openai";
import { costRouter } from "@armature/plugin-router-cost";
import { definePrompt } from "@armature/prompts";
import { z } from "zod";

const triage = defineTask({
  name: "triage",
  input: z.object({ from: z.string(), body: z.string() }),
  output: z.object({
    category: z.enum(["billing", "bug", "sales", "spam"]),
    sender: sourced(z.email(), (input: { from: string }) => input.from), // must occur there, or is refused
    summary: z.string(),
  }),
  prompt: definePrompt({
    name: "triage",
    version: "1.0.0",
    messages: [
      { role: "system", content: "You sort e-mails for a support team." },
      { role: "user", content: "From: {{from}}\n\n{{body}}" },
    ],
  }),
  models: ["fast", "strong"], // weakest first: routers choose, failures escalate
  limits: { deadlineMs: 20_000, maxCostUsd: 0.02, reasks: 2 },
});

const app = await createArmature({
  models: { fast: openai({ model: "gpt-4.1-mini" }), strong: openai({ model: "gpt-4.1" }) },
  plugins: [windowMemory(), costRouter(), piiGuard({ action: "redact", kinds: ["card", "iban", "ssn"] })],
  journal: "./armature.db",
  tasks: [triage],
});

const email = { from: "Ada <ada@example.com>", body: "I was charged twice for March. Please help." };
const outcome = await app.run(triage, email, { thread: "t-42" });
if (outcome.ok)
  console.log(outcome.value.category, outcome.value.sender); // typed by the schema
else console.error(outcome.failure.code, outcome.requestId); // never a bare provider error
await app.close();
