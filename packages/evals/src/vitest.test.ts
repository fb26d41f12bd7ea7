import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { definePlugin, Tool } from "@armature/contracts";
import { defineTask } from "@armature/core";
import { acceptPrompt, definePrompt, EMPTY_LOCK, writePromptLock } from "@armature/prompts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { answer, startApp } from "./app.fixture.js";
import { evaluationOf } from "./baseline.js";
import { dataSet } from "./data/data-set.js";
import { defineEval } from "./define-eval.js";
import { lockSubjects } from "./lock-subjects.js";
import { runEval } from "./run-eval.js";
import { exact } from "./scorers/json.js";
import { expectPromptsLocked, expectSubjectsLocked } from "./vitest.js";

const home = fileURLToPath(new URL("..", import.meta.url));
let folder: string;
let lockFile: string;
const application = { models: {}, tasks: [answer] };

beforeAll(async () => {
  mkdirSync(join(home, "dist"), { recursive: true });
  folder = mkdtempSync(join(home, "dist", "vitest-"));
  lockFile = join(folder, "prompts.lock.json");
  const { app, close } = await startApp(() => '{"answer": 1}');
  const data = dataSet("d", [{ id: "one", input: { question: "?" }, expected: { answer: 1 } }]);
  const report = await runEval(defineEval({ name: "e", task: answer, data, scorers: [exact()] }), { app });
  const [subject] = await lockSubjects(application, EMPTY_LOCK);
  // What the lock hashes is what the application hashes.
  expect(report.prompt.hash).toBe(app.prepare(answer).promptHash);
  const evaluation = evaluationOf(report);
  writePromptLock(lockFile, acceptPrompt(EMPTY_LOCK, subject!, { by: "Ada", at: 0, evaluation }));
  await close();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("expectPromptsLocked", () => {
  it("passes what was accepted", async () => {
    await expectPromptsLocked(application, lockFile);
  });

  it("fails with the difference, the command and where to run it", async () => {
    const messages = [{ role: "user", content: "Reply: {{question}}" }] as const;
    const edited = { ...answer, prompt: definePrompt({ name: "answer", version: "1.0.0", messages }) };
    const failed = expectPromptsLocked({ ...application, tasks: [edited] }, lockFile);
    await expect(failed).rejects.toThrow(
      /CHANGED +answer@1\.0\.0[\s\S]*- Answer: {{question}}\n +\+ Reply: {{question}}/,
    );
    await expect(failed).rejects.toThrow(/Next, in .*vitest-[^:]*:\n +npx armature eval --baseline/);
    expect(() => expectSubjectsLocked([], lockFile)).not.toThrow();
  });

  it("hashes the tools that plugins bring as the application does", async () => {
    const tool: Tool = {
      name: "clock",
      description: "Tells the time.",
      parameters: z.object({ zone: z.string() }),
      run: async () => "noon",
    };
    const clock = definePlugin({
      name: "clock",
      contract: 1,
      provides: [Tool],
      setup: ({ provide }) => provide(Tool, tool),
    });
    const [subject] = await lockSubjects({ ...application, models: modelless(), plugins: [clock()] }, EMPTY_LOCK);
    expect(subject!.surroundings?.tools?.map(({ name }) => name)).toEqual(["clock"]);
    const own = defineTask({ ...answer, tools: [] });
    const [without] = await lockSubjects({ ...application, tasks: [own], plugins: [clock()] }, EMPTY_LOCK);
    expect(without!.surroundings?.tools).toEqual([]);
  });
});

function modelless() {
  return { fast: { chat: {}, name: "m", provider: "p", capabilities: {}, callOptions: () => ({}) } as never };
}

describe("a file *.eval.ts under Vitest", () => {
  const EVAL = `
import { dataSet, defineEval, exact } from "@armature/evals";
import { answer, startApp } from "../../src/app.fixture.js";

export default defineEval({
  name: "answers",
  task: answer,
  data: dataSet("d", [{ id: "one", input: { question: "?" }, expected: { answer: 1 } }]),
  scorers: [exact()],
  lock: LOCK,
  async app() {
    const { app, close } = await startApp(() => '{"answer": ANSWER}');
    return { run: app.run.bind(app), prepare: app.prepare.bind(app), close };
  },
});
`;
  async function run(value: number) {
    const file = join(folder, "answers.eval.ts");
    writeFileSync(file, EVAL.replace("LOCK", JSON.stringify(lockFile)).replace("ANSWER", String(value)));
    const conditions = ["@armature/source", "node", "import", "default"];
    const config = {
      root: folder,
      test: { include: ["*.eval.ts"] },
      ssr: { resolve: { conditions, externalConditions: conditions } },
    };
    writeFileSync(join(folder, "vitest.config.mjs"), `export default ${JSON.stringify(config)};`);
    const bin = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
    const env = { ...process.env, VITEST: "", NO_COLOR: "1" };
    return promisify(execFile)(process.execPath, [bin, "run"], { cwd: folder, env }).then(
      ({ stdout }) => ({ passed: true, said: stdout }),
      ({ stdout, stderr }: { stdout: string; stderr: string }) => ({ passed: false, said: stdout + stderr }),
    );
  }

  const slow = { timeout: 180_000 }; // each starts a Vitest of its own
  it("is a test that holds against the lock", slow, async () => {
    const { passed, said } = await run(1);
    expect(said).toContain("gate      held");
    expect(passed).toBe(true);
  });

  it("fails with the report when a case broke", slow, async () => {
    const { passed, said } = await run(2);
    expect(passed).toBe(false);
    expect(said).toContain("broke     one: 8/8 -> 0/8");
  });
});
