import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ArmatureError } from "@armature/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadPrompts } from "./load-prompts.js";
import { promptHash } from "./prompt-hash.js";
import { render } from "./render.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "prompts-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(path: string, text: string) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function head(version: string, more = "") {
  return `---\nname: triage\nversion: ${version}\n${more}---\n`;
}

function failure(): ArmatureError {
  try {
    loadPrompts(folder);
  } catch (error) {
    if (ArmatureError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("the folder was accepted");
}

describe("loadPrompts", () => {
  it("reads front matter, sections and partials", () => {
    file("_partials/rules.partial.md", "Answer with one JSON object.\n");
    file(
      "triage/2.1.0.prompt.md",
      `${head("2.1.0", "description: Sorts mail\nparameters:\n  temperature: 0\n  stop: [END]\n")}
## system

You sort mail.
{{> rules}}

## Categories
billing, bug

## user
{{email}}

## assistant
{"category":"bug"}
`,
    );
    const prompt = loadPrompts(folder).resolve("triage@2");
    expect(prompt).toMatchObject({
      name: "triage",
      version: "2.1.0",
      description: "Sorts mail",
      parameters: { temperature: 0, stop: ["END"] },
    });
    expect(render(prompt, { email: "<b>Hi</b>" })).toEqual([
      {
        role: "system",
        content: "You sort mail.\nAnswer with one JSON object.\n\n## Categories\nbilling, bug",
      },
      { role: "user", content: "<b>Hi</b>" },
      { role: "assistant", content: '{"category":"bug"}' },
    ]);
  });

  it("gives the same prompt whatever the line ends", () => {
    const text = `${head("1.0.0")}## user\nA\nB {{x}}\n`;
    file("triage/1.0.0.prompt.md", text);
    const unix = promptHash(loadPrompts(folder).resolve("triage@1"));
    file("triage/1.0.0.prompt.md", `\uFEFF${text.replaceAll("\n", "\r\n")}`);
    expect(promptHash(loadPrompts(folder).resolve("triage@1"))).toBe(unix);
  });

  it("names file, line and field of every problem of every file at once", () => {
    file("triage/1.0.0.prompt.md", `${head("1.0.0", "parameters:\n  temperature: hot\n  top_k: 3\n")}## user\nHi\n`);
    file("triage/1.1.0.prompt.md", `---\nname: [triage\n---\n## user\nHi\n`);
    file("triage/1.2.0.prompt.md", `${head("1.2")}## user\nHi\n`);
    file("triage/1.3.0.prompt.md", "## user\nHi\n");
    file("triage/1.4.0.prompt.md", `${head("1.4.0")}Hello\n## user\nHi\n`);
    file("triage/1.5.0.prompt.md", `${head("1.5.0")}## user\nline\n{{#items}}\n`);
    file("triage/1.6.0.prompt.md", `${head("1.6.0")}## user\n{{> rules}}\n`);
    file("triage/1.7.0.prompt.md", `${head("1.7.1")}## user\n\n## assistant\nHi\n`);
    const error = failure();
    expect(error.code).toBe("CONFIG_INVALID");
    const lines = error.message.split("\n").map((line) => line.slice(folder.length + 1));
    expect(lines).toEqual([
      "triage/1.0.0.prompt.md:5: parameters.temperature: Invalid input: expected number, received string",
      "triage/1.0.0.prompt.md:6: parameters.top_k: is not a field of a prompt file",
      expect.stringMatching(/^triage\/1\.1\.0\.prompt\.md:2: broken YAML: /),
      "triage/1.2.0.prompt.md:3: version: Invalid input: expected string, received number",
      "triage/1.3.0.prompt.md:1: must begin with YAML front matter between two lines ---",
      'triage/1.4.0.prompt.md:5: text before the first section; begin one with a line "## system", "## user", "## assistant"',
      'triage/1.5.0.prompt.md:7: broken Mustache template: Unclosed section "items"',
      "triage/1.6.0.prompt.md:6: rules: there is no such partial; there are: none",
      "triage/1.7.0.prompt.md:5: ## user: the section is empty",
    ]);
    expect(error.facts.issues?.[0]?.path).toEqual([join(folder, "triage/1.0.0.prompt.md"), "parameters.temperature"]);
  });

  it("refuses a file whose name and front matter disagree", () => {
    file("sort/1.0.0.prompt.md", `${head("1.0.1")}## user\nHi\n`);
    expect(
      failure()
        .message.split("\n")
        .map((line) => line.slice(folder.length + 1)),
    ).toEqual([
      'sort/1.0.0.prompt.md: name: is "triage", but the folder is named "sort"',
      'sort/1.0.0.prompt.md: version: is "1.0.1", but the file is named "1.0.0"',
    ]);
  });

  it("refuses a partial that includes itself, once", () => {
    file("_partials/a.partial.md", "{{> b}}");
    file("_partials/b.partial.md", "\n{{> a}}");
    file("triage/1.0.0.prompt.md", `${head("1.0.0")}## user\n{{> a}}\n`);
    file("triage/2.0.0.prompt.md", `${head("2.0.0")}## user\n{{> a}}\n`);
    expect(failure().message).toBe(
      `${join(folder, "_partials/b.partial.md")}:2: a: the partial includes itself: a > b > a`,
    );
  });

  it("names every file that cannot be read as text, and goes on with the others", () => {
    file("triage/1.0.0.prompt.md", `${head("1.0.0", "description: *important*\n")}## user\nHi\n`);
    file("triage/1.1.0.prompt.md", `${head("1.1.0")}## user\nHi {{q}}\n\n## examples\n- input: *q\n  output: 1\n`);
    writeFileSync(
      join(folder, "triage/1.2.0.prompt.md"),
      Buffer.from(`${head("1.2.0")}## user\nGr\u00fc\u00dfe`, "latin1"),
    );
    mkdirSync(join(folder, "triage/1.3.0.prompt.md"));
    symlinkSync("nowhere", join(folder, "triage/1.4.0.prompt.md"));
    expect(
      failure()
        .message.split("\n")
        .map((line) => line.slice(folder.length + 1)),
    ).toEqual([
      expect.stringMatching(/^triage\/1\.0\.0\.prompt\.md:4: broken YAML: \*important\* refers to nothing/),
      expect.stringMatching(/^triage\/1\.1\.0\.prompt\.md:9: broken YAML: \*q refers to nothing/),
      "triage/1.2.0.prompt.md: is not UTF-8; save it as UTF-8",
      "triage/1.3.0.prompt.md: cannot be read (EISDIR)",
      "triage/1.4.0.prompt.md: cannot be read (ENOENT)",
    ]);
  });

  it("follows links, as which volumes are often mounted", () => {
    file("away/text.md", `${head("1.0.0")}## user\nHi\n`);
    mkdirSync(join(folder, "mount"));
    symlinkSync("../away/text.md", join(folder, "mount/1.0.0.prompt.md"));
    mkdirSync(join(folder, "prompts"));
    symlinkSync("../mount", join(folder, "prompts/triage"));
    expect(loadPrompts(join(folder, "prompts")).resolve("triage@1").version).toBe("1.0.0");
  });

  it("says that a folder is missing", () => {
    rmSync(folder, { recursive: true });
    expect(failure().message).toBe(`${folder}: there is no such folder of prompts`);
    mkdirSync(folder);
  });
});
