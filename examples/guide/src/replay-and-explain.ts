import { createArmature, defineTask } from "@armature/core";
import { explainRecord } from "@armature/journal";
import { openai } from "@armature/plugin-model-openai";
import { definePrompt } from "@armature/prompts";
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
  models: ["fast", "strong"],
});

const app = await createArmature({
  models: { fast: openai({ model: "gpt-4.1-mini" }), strong: openai({ model: "gpt-4.1" }) },
  journal: "./armature.db",
});

const { requestId } = await app.run(capital, { country: "Austria" });
const record = await app.journal.read(requestId);
if (!record) throw new Error("The record is on disk before the outcome is returned.");

console.log(explainRecord(record).includes(requestId)); // the story of the request, on one screen
// → true

console.log(await app.replay(capital, record)); // asks no provider, writes nothing, costs nothing
// → { status: 'equal' }

const wider = { ...capital, output: z.object({ city: z.string(), river: z.string() }) };
const replay = await app.replay(wider, record); // and with the task as it is to be?
if (replay.status === "diverged") console.log(replay.divergence.stage, replay.divergence.what);
// → prompt messages

const whatIf = await app.rerun(capital, record, { models: ["strong"] }); // live: costs money, has its own record
console.log(whatIf.ok && whatIf.route, whatIf.requestId !== requestId);
// → strong true

await app.feedback(requestId, 1, "right, and short");
await app.close();
