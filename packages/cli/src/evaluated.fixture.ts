import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect } from "vitest";
import { runCli } from "./cli.js";

const home = fileURLToPath(new URL("..", import.meta.url));

export const TASK = `
import { defineTask } from "@armature/core";
import { z } from "zod";
export const answer = defineTask({
  name: "answer",
  input: z.object({ question: z.string() }),
  output: z.object({ answer: z.number() }),
  prompt: "ask@1",
  models: ["fast"],
});
`;
/** Its model answers the number that stands in the place of ANSWER. */
export const CONFIG = `
import { defineConfig } from "@armature/cli";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { answer } from "./task.ts";
export default defineConfig({
  models: { fast: new FakeListChatModel({ responses: ['{"answer": ANSWER}'] }) },
  tasks: [answer],
  prompts: "./prompts",
  journal: "./armature.db",
});
`;
export const EVAL = `
import { dataSet, defineEval, exact } from "@armature/evals";
import { answer } from "./task.ts";
export default defineEval({
  name: "answers",
  task: answer,
  scorers: [exact()],
  data: dataSet("questions", [
    { id: "one", input: { question: "One?" }, expected: { answer: 1 } },
    { id: "two", input: { question: "Two?" }, expected: { answer: 2 } },
  ]),
});
`;

/** A new one for each test: a task with its prompt, its evaluation and its config. */
export let folder: string;
export function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
export function writePrompt(version: string, text: string): void {
  write(`prompts/ask/${version}.prompt.md`, `---\nname: ask\nversion: ${version}\n---\n\n## user\n\n${text}\n`);
}
/** Configures the model to answer `value` to everything. */
export function answers(value: number): void {
  write("armature.config.ts", CONFIG.replace("ANSWER", String(value)));
}
export const read = (name: string) => readFileSync(join(folder, name), "utf8");
export const lock = () => JSON.parse(read("prompts.lock.json"));

beforeEach(() => {
  mkdirSync(join(home, "dist"), { recursive: true });
  folder = mkdtempSync(join(home, "dist", "prompts-"));
  write("task.ts", TASK);
  write("answer.eval.ts", EVAL);
  answers(1);
  writePrompt("1.0.0", "Answer: {{question}}");
});
afterEach(() => rmSync(folder, { recursive: true }));

export async function armature(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(args, { cwd: folder, out: (text) => out.push(text), err: (text) => err.push(text) });
  return { code, out: out.join("\n"), err: err.join("\n") };
}
/** Evaluates the prompt and accepts it with what came out. */
export async function accept(reference: string, ...more: string[]) {
  expect(await armature("eval", "--baseline", "--prompt", reference, "--out", "eval.json")).toMatchObject({ code: 0 });
  const accepted = await armature("prompts", "accept", reference, "--eval", "eval.json", "--by", "Ada", ...more);
  expect(accepted).toMatchObject({ code: 0, err: "" });
  return accepted.out;
}
