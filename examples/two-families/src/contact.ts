import { type Armature, createArmature, defineTask } from "@armature/core";
import { memoryJournal } from "@armature/journal";
import { anthropic } from "@armature/plugin-model-anthropic";
import { openai } from "@armature/plugin-model-openai";
import { definePrompt } from "@armature/prompts";
import type { Provider, Responder } from "@armature/testkit/provider";
import { z } from "zod";

const prompt = definePrompt({
  name: "contact",
  version: "1.0.0",
  messages: [
    { role: "system", content: "Read the name and the town out of the sentence." },
    { role: "user", content: "{{sentence}}" },
  ],
});

/** Knows nothing of providers: it names two models, and what an answer must be. */
export const contact = defineTask({
  name: "contact",
  input: z.object({ sentence: z.string().min(1) }),
  output: z.object({ name: z.string().min(1), town: z.string().min(1) }),
  prompt,
  models: ["first", "second"],
  limits: { deadlineMs: 20_000, retries: 1 },
});

/** One model of each family. The first asks for JSON by a response format, the second by a forced tool. */
export function createApp(provider: Provider): Promise<Armature> {
  return createArmature({
    models: {
      first: openai({ model: "gpt-4.1-mini", baseUrl: provider.url }),
      second: anthropic({ model: "claude-haiku-4-5", baseUrl: provider.origin }),
    },
    journal: memoryJournal(),
    tasks: [contact],
  });
}

/** Stands in for both models: answers through the tool where one is forced, in text otherwise. */
export const respond: Responder = ({ text, body }) => {
  const [, name = "", town = ""] = /(\w+) from (\w+)/.exec(text) ?? [];
  const forced = (body.tool_choice as { name?: string } | undefined)?.name;
  if (forced) return { toolCalls: [{ name: forced, arguments: { name, town } }] };
  return JSON.stringify({ name, town });
};
