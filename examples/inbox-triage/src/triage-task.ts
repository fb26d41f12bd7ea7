import { defineTask } from "@armature/core";
import { sourced } from "@armature/output";
import { z } from "zod";

const input = z.object({
  from: z.object({ name: z.string(), address: z.string() }),
  subject: z.string(),
  body: z.string(),
});

type Input = z.output<typeof input>;

const body = (email: Input) => email.body;

// Digits are compared as numbers and letters as words: "$1" is neither "$1,000" nor "one dollar".
const amount = sourced(z.string().max(60), body, { as: "text" });

/** One row. What a fluent model could invent or mix up must occur in the header or text that it comes from. */
const rowSchema = z.object({
  sender: sourced(z.email({ pattern: z.regexes.html5Email }), (email: Input) => email.from.address, {
    as: "address",
    whole: true,
  }),
  subject: sourced(z.string(), (email: Input) => email.subject, { whole: true }),
  category: z.enum(["discussion", "newsletter", "notification", "offer", "scam"]),
  urgency: z.number().int().min(1).max(5),
  summary: z.string().min(1).max(300),
  amounts: sourced(z.array(amount).max(50), body, { as: "amount" }),
});

export type Row = z.output<typeof rowSchema>;

/** `attemptTimeoutMs`: how long one attempt may take; a real provider needs more than one on loopback. */
export function triageTask(attemptTimeoutMs: number) {
  return defineTask({
    name: "triage",
    input,
    output: rowSchema,
    prompt: "triage@2",
    models: ["fast", "strong"],
    limits: {
      deadlineMs: 30 * attemptTimeoutMs,
      attemptTimeoutMs,
      reasks: 3,
      retries: 3,
      attempts: 8,
      maxOutputTokens: 1_000,
    },
  });
}
