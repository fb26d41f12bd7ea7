import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { definePrompt } from "./define-prompt.js";
import { checkExamples } from "./examples.js";
import { loadPrompts } from "./load-prompts.js";
import { promptHash } from "./prompt-hash.js";
import { render } from "./render.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "examples-"));
  mkdirSync(join(folder, "triage"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(body: string) {
  writeFileSync(join(folder, "triage/1.0.0.prompt.md"), `---\nname: triage\nversion: 1.0.0\n---\n${body}\n`);
  return loadPrompts(folder).resolve("triage@1");
}

const YAML = `## system
Sort.
## examples
- input: { email: "Where is {{my}} money?" }
  output: { category: billing }
- input: { email: It crashes }
  output: plain words
## user
E-mail: {{email}}`;

describe("examples", () => {
  it("become pairs in front of the last user message, filled as that one is", () => {
    expect(render(load(YAML), { email: "Hello" })).toEqual([
      { role: "system", content: "Sort." },
      { role: "user", content: "E-mail: Where is {{my}} money?" },
      { role: "assistant", content: '{"category":"billing"}' },
      { role: "user", content: "E-mail: It crashes" },
      { role: "assistant", content: "plain words" },
      { role: "user", content: "E-mail: Hello" },
    ]);
  });

  it("belong to the hash", () => {
    expect(promptHash(load(YAML))).not.toBe(promptHash(load(YAML.replace("billing", "bug"))));
  });

  it.each([
    ["broken YAML", "## user\nx\n## examples\n- input: [", /:8: broken YAML/],
    ["a missing answer", "## user\nx\n## examples\n- input: 1", /examples\.0\.output/],
    ["no user message", "## system\nx\n## examples\n- { input: 1, output: 2 }", /need a user message/],
    ["two blocks", `${YAML}\n## examples\n- { input: 1, output: 2 }`, /one such section already/],
  ])("refuse %s", (_what, body, message) => {
    expect(() => load(body)).toThrow(message);
  });

  it("are held against the task's schemas", () => {
    const prompt = definePrompt({
      name: "triage",
      version: "1.0.0",
      messages: [{ role: "user", content: "{{email}}" }],
      examples: [
        { input: { email: "a" }, output: { category: "bug" } },
        { input: { mail: "a" }, output: { category: "cat" } },
      ],
    });
    const output = z.object({ category: z.enum(["bug", "sales"]) });
    const problems = checkExamples(prompt, z.object({ email: z.string() }), output);
    expect(problems.map(({ field }) => field)).toEqual(["examples.1.input.email", "examples.1.output.category"]);
  });
});
