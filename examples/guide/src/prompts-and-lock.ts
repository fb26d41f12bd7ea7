import { type ArmatureOptions, createArmature, defineTask } from "@armature/core";
import { lockSubjects } from "@armature/evals";
import { openai } from "@armature/plugin-model-openai";
import { acceptPrompt, checkPrompts, definePrompt, EMPTY_LOCK, writePromptLock } from "@armature/prompts";
import { z } from "zod";

const capital = defineTask({
  name: "capital",
  input: z.object({ country: z.string() }),
  output: z.object({ city: z.string() }),
  prompt: "capital@1", // whichever 1.x the lock's label stands at
  models: ["fast"],
});

const saying = (content: string) =>
  definePrompt({ name: "capital", version: "1.0.0", messages: [{ role: "user", content }] });

const options = {
  models: { fast: openai({ model: "gpt-4.1-mini" }) },
  prompts: [saying("Capital of {{country}}? Answer with JSON: {{schema}}")], // or the path of a folder: "./prompts"
  tasks: [capital],
  journal: "./armature.db",
  lock: "./prompts.lock.json",
  strict: true, // boots only with prompts that stand in the lock as they are
} satisfies ArmatureOptions;

// What `armature prompts accept` writes once an evaluation has passed.
const [subject] = await lockSubjects(options, EMPTY_LOCK);
const lock = acceptPrompt(EMPTY_LOCK, subject!, { by: "Ada", at: Date.now() });
writePromptLock(options.lock, lock);

const app = await createArmature(options);
const outcome = await app.run(capital, { country: "Austria" });
console.log(outcome.ok);
// → true
await app.close();

// Somebody edits a word.
const edited = { ...options, prompts: [saying("What is the capital of {{country}}? Answer with JSON: {{schema}}")] };
console.log(checkPrompts(await lockSubjects(edited, lock), lock).map(({ status }) => status));
// → [ 'CHANGED' ]
await createArmature(edited).catch((error: Error) => console.log(error.message.includes("is not what was accepted")));
// → true
