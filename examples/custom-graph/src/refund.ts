import { defineTask } from "@armature/core";
import { definePrompt } from "@armature/prompts";
import type { Responder } from "@armature/testkit/provider";
import { z } from "zod";

const prompt = definePrompt({
  name: "refund",
  version: "1.0.0",
  messages: [
    { role: "system", content: "Decide about the refund. Answer with JSON: decision, reason." },
    { role: "user", content: "{{complaint}}" },
  ],
});

/** Decides whether a customer gets their money back. */
export const refund = defineTask({
  name: "refund",
  input: z.object({ complaint: z.string().min(1) }),
  output: z.object({ decision: z.enum(["pay", "refuse"]), reason: z.string().min(1) }),
  prompt,
  models: ["fast", "strong"],
  limits: { deadlineMs: 10_000 },
});

/** Stands in for a model: pays for what arrived broken, and wraps its JSON in a fence as models like to do. */
export const respond: Responder = ({ text }) => {
  const decision = text.includes("broken") ? "pay" : "refuse";
  return `\`\`\`json\n${JSON.stringify({ decision, reason: `The complaint speaks for "${decision}".` })}\n\`\`\``;
};
