import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryJournal } from "@armature/journal";
import { toJsonSchema } from "@armature/output";
import { openai } from "@armature/plugin-model-openai";
import { acceptPrompt, definePrompt, EMPTY_LOCK, type Prompt, rollback, writePromptLock } from "@armature/prompts";
import { startProvider } from "@armature/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { createArmature } from "./create-armature.js";
import { defineTask } from "./task.js";

const input = z.object({ question: z.string() });
const output = z.object({ answer: z.number() });
const task = defineTask({ name: "answer", input, output, prompt: "ask@1", models: ["fast"] });
const surroundings = { inputSchema: toJsonSchema(input), outputSchema: toJsonSchema(output), tools: [] };

function version(version: string, text: string): Prompt {
  return definePrompt({ name: "ask", version, messages: [{ role: "user", content: `${text} {{question}}` }] });
}
const first = version("1.0.0", "Answer:");
const second = version("1.1.0", "Do answer:");

function accept(lock: typeof EMPTY_LOCK, prompt: Prompt, at: number) {
  return acceptPrompt(lock, { task: "answer", prompt, surroundings }, { by: "ana", at, why: "better" });
}

let folder: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "armature-lock-"));
  lock = join(folder, "prompts.lock.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function boot(prompts: readonly Prompt[], strict: boolean, url = "http://127.0.0.1:1") {
  const models = { fast: openai({ model: "gpt-4.1-mini", baseUrl: url, apiKey: "none" }) };
  return createArmature({ models, prompts, journal: memoryJournal(), lock, strict, tasks: [task] });
}

it("boots a strict application only with prompts that stand in the lock as they are", async () => {
  await expect(boot([first], true)).rejects.toThrow(/ask@1\.0\.0 was never accepted/);
  writePromptLock(lock, accept(EMPTY_LOCK, first, 1));
  await (await boot([first], true)).close();
  await expect(boot([version("1.0.0", "Answer!")], true)).rejects.toThrow(/ask@1\.0\.0 is not what was accepted/);
  await (await boot([version("1.0.0", "Answer!")], false)).close();
});

it("refuses a task that boot did not see, with its own code", async () => {
  writePromptLock(lock, accept(EMPTY_LOCK, first, 1));
  const app = await boot([first], true);
  const outcome = await app.run({ ...task, name: "other" }, { question: "?" });
  expect(outcome).toMatchObject({ ok: false, failure: { code: "PROMPT_UNLOCKED" } });
  await app.close();
});

it("runs the version at which the label stands, and says why it does", async () => {
  const provider = await startProvider({ respond: ({ text }) => `{"answer": ${text.includes("Do") ? 2 : 1}}` });
  const both = accept(accept(EMPTY_LOCK, first, 1), second, 2);
  const ask = async () => {
    const app = await boot([first, second], true, provider.url);
    const outcome = await app.run(task, { question: "?" });
    const record = await app.journal.read(outcome.requestId);
    await app.close();
    return { value: outcome.ok && outcome.value, rendering: record?.state.rendering, hashes: record?.hashes };
  };
  writePromptLock(lock, both);
  const newer = await ask();
  expect(newer).toMatchObject({ value: { answer: 2 }, rendering: { version: "1.1.0" } });
  writePromptLock(lock, rollback(both, "ask@1", { by: "bo", at: 3, why: "complaints" }));
  const older = await ask();
  expect(older).toMatchObject({ value: { answer: 1 }, rendering: { version: "1.0.0" } });
  expect(older.rendering?.why).toContain("complaints");
  expect(older.hashes?.promptLock).not.toBe(newer.hashes?.promptLock);
  await provider.close();
});
