import { createArmature, defineTask, eraseCheckpoints, outcomeOf } from "@armature/core";
import { openai } from "@armature/plugin-model-openai";
import { definePrompt } from "@armature/prompts";
import { MemorySaver } from "@langchain/langgraph";
import { z } from "zod";

const prompt = definePrompt({
  name: "capital",
  version: "1.0.0",
  messages: [{ role: "user", content: "Capital of {{country}}? Answer with JSON: {{schema}}" }],
});
const capital = defineTask({
  name: "capital",
  input: z.object({ country: z.string() }),
  output: z.object({ city: z.string() }),
  prompt,
  models: ["fast"],
});

const app = await createArmature({
  models: { fast: openai({ model: "gpt-4.1-mini" }) },
  journal: "./armature.db",
});

const builder = app
  .graph(capital)
  .field("asked", { schema: z.string(), initial: "" })
  .after("prompt", "show", ({ messages }) => ({ asked: JSON.stringify(messages.at(-1)) }));

const checkpointer = new MemorySaver();
const graph = builder.compile({ checkpointer, interruptBefore: ["call"] }); // an ordinary LangGraph graph
const request = { configurable: { thread_id: "request-1", tenant: "acme" } };

const paused = await graph.invoke({ input: { country: "Austria" } }, request);
console.log(paused.asked.includes("Austria"), paused.answer); // nothing has been asked yet
// → true null

const outcome = outcomeOf(await graph.invoke(null, request), capital);
console.log(outcome.ok && outcome.value);
// → { city: 'Vienna' }

const record = await app.journal.read(outcome.requestId);
if (!record) throw new Error("The record is on disk before the outcome is returned.");
console.log(await builder.replay(record)); // with the node "show", which app.replay does not have
// → { status: 'equal' }
console.log((await app.replay(capital, record)).status);
// → unreplayable

await app.erase({ tenant: "acme" }); // memory, cache, stores and journal
console.log(await eraseCheckpoints(checkpointer, { tenant: "acme" })); // and what the checkpointer holds
// → { from: 'checkpoints', removed: { threads: 1 } }
await app.close();
