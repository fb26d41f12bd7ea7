import { createArmature, defineTask } from "@armature/core";
import { memoryJournal } from "@armature/journal";
import { openai } from "@armature/plugin-model-openai";
import { definePrompt } from "@armature/prompts";
import { type ChatRequest, messageText, startProvider } from "@armature/testkit";
import { z } from "zod";

/** A task over a provider on loopback: the number that the question asks for. */
export const answer = defineTask({
  name: "answer",
  input: z.object({ question: z.string() }),
  output: z.object({ answer: z.number() }),
  prompt: definePrompt({
    name: "answer",
    version: "1.0.0",
    messages: [{ role: "user", content: "Answer: {{question}}" }],
  }),
  models: ["fast"],
  limits: { reasks: 0, retries: 0 },
});

/** The text of the last user message. */
function asked(request: ChatRequest): string {
  const message = request.messages.findLast(({ role }) => role === "user");
  return message ? messageText(message) : "";
}

/** An application whose model says what `respond` makes of the last user message. */
export async function startApp(respond: (question: string) => string) {
  const provider = await startProvider({ respond: (request) => respond(asked(request)) });
  const journal = memoryJournal();
  const app = await createArmature({
    models: { fast: openai({ model: "gpt-4.1-mini", apiKey: "test", baseUrl: provider.url }) },
    journal,
  });
  return {
    app,
    journal,
    provider,
    async close() {
      await app.close();
      await provider.close();
    },
  };
}
