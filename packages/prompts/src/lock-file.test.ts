import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { definePrompt } from "./define-prompt.js";
import { acceptPrompt } from "./lock-entry.js";
import { readPromptLock, writePromptLock } from "./lock-file.js";
import { EMPTY_LOCK, type PromptLock } from "./prompt-lock.js";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
  file = join(folder, "prompts.lock.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

function lockOf(versions: readonly string[]): PromptLock {
  return versions.reduce<PromptLock>((lock, version) => {
    const prompt = definePrompt({ name: "triage", version, messages: [{ role: "user", content: "Hi" }] });
    return acceptPrompt(lock, { task: "triage", prompt }, { by: "Ada", at: 0 });
  }, EMPTY_LOCK);
}

describe("the lock file", () => {
  it("comes back as it was written, sorted, and leaves nothing beside it", () => {
    writePromptLock(file, lockOf(["2.0.0", "1.0.0"]));
    expect(readPromptLock(file)).toEqual(lockOf(["2.0.0", "1.0.0"]));
    const text = readFileSync(file, "utf8");
    expect(text.indexOf("triage@1.0.0")).toBeLessThan(text.indexOf("triage@2.0.0"));
    const { prompts, ...rest } = lockOf(["2.0.0", "1.0.0"]);
    writePromptLock(file, { ...rest, prompts: Object.fromEntries(Object.entries(prompts).reverse()) });
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(readdirSync(folder)).toEqual(["prompts.lock.json"]);
  });

  it("locks nothing where there is none", () => {
    expect(readPromptLock(file)).toEqual(EMPTY_LOCK);
  });

  it("names file and field when it is broken", () => {
    writeFileSync(file, "<<<<<<< ours");
    expect(() => readPromptLock(file)).toThrow(`${file}: is not JSON`);
    const broken = structuredClone(lockOf(["1.0.0"]));
    broken.prompts["triage@1.0.0"]!.triage!.hash = "abc";
    writeFileSync(file, JSON.stringify(broken));
    expect(() => readPromptLock(file)).toThrow(
      `${file}: prompts.triage@1.0.0.triage.hash: must be a SHA-256 in hexadecimal`,
    );
    expect(() => readPromptLock(file)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});
