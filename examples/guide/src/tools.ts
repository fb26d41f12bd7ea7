import { definePlugin, Tool } from "@armature/contracts";
import { createArmature, defineTask } from "@armature/core";
import { openai } from "@armature/plugin-model-openai";
import { definePrompt } from "@armature/prompts";
import { z } from "zod";

/** As a server of MCP describes it; a schema of zod would do as well. */
const parameters = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "integer", minimum: 1, maximum: 7 } },
  required: ["city", "days"],
};

const weather = definePlugin({
  name: "weather",
  contract: 1,
  provides: [Tool],
  setup({ provide }) {
    provide(Tool, {
      name: "forecast",
      description: "The forecast for a city, for one to seven days.",
      parameters,
      async run(args) {
        console.log(args); // the model wrote { "city": "Vienna", "days": "3" }
        return { sky: "rain" };
      },
    });
  },
});

const advise = defineTask({
  name: "advise",
  input: z.object({ question: z.string() }),
  output: z.object({ umbrella: z.boolean() }),
  prompt: definePrompt({
    name: "advise",
    version: "1.0.0",
    messages: [{ role: "user", content: "Answer in JSON: {{question}}" }],
  }),
  models: ["fast"],
  limits: { toolTurns: 2 },
});

const app = await createArmature({
  models: { fast: openai({ model: "gpt-4.1-mini" }) },
  journal: "./armature.db",
  plugins: [weather()],
});

const outcome = await app.run(advise, { question: "Do I need an umbrella in Vienna until Sunday?" });
console.log(outcome.ok && outcome.value);
await app.close();
// → { city: 'Vienna', days: 3 }
// → { umbrella: true }
