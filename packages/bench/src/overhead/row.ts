import { z } from "zod";

/** What every contender makes of an e-mail. */
export const row = z.object({
  category: z.enum(["billing", "bug", "sales", "spam"]),
  urgency: z.number().int().min(1).max(5),
  summary: z.string().min(1),
});

export type Row = z.output<typeof row>;

export const MODEL = "gpt-4.1-mini";
export const FALLBACK = "gpt-4.1";

export const INSTRUCTIONS = [
  "You sort the mail of a support team. Answer with one JSON object and nothing else: `category` (`billing`, `bug`,",
  "`sales` or `spam`), `urgency` (1 to 5) and `summary` (one sentence).",
].join("\n");

const ANSWER: Row = {
  category: "billing",
  urgency: 4,
  summary: "The customer was charged twice for the March invoice.",
};

export const ANSWER_TEXT = JSON.stringify(ANSWER);

/** A short e-mail with one address in it, so that every guard has something to find; no two are equal. */
export function email(number: number): string {
  return [
    `Subject: Charged twice, case ${number}`,
    "",
    "Hello, on the third of March I paid the invoice for our team plan, and on the fifth the same amount was taken",
    "from the card again. I have written to the address on the invoice and got no answer for a week now. Please give",
    "the second payment back, and tell me why it happened: our accounting closes the month on Friday and needs a",
    "document for each of the two payments. Write to dana.reyes@example.com, I read that one every morning.",
    "",
    "Thank you, Dana",
  ].join("\n");
}
