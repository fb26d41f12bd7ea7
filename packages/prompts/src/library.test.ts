import { ArmatureError } from "@armature/contracts";
import { describe, expect, it } from "vitest";
import { definePrompt } from "./define-prompt.js";
import { promptLibrary } from "./library.js";

const prompt = (name: string, version: string) =>
  definePrompt({ name, version, messages: [{ role: "user", content: "Hi" }] });

const library = promptLibrary(
  ["2.0.0", "10.0.0", "2.10.0", "2.9.3", "1.0.0", "3.0.0-beta.2", "3.0.0-beta.10"]
    .map((version) => prompt("triage", version))
    .concat(prompt("reply", "1.0.0")),
);

describe("promptLibrary", () => {
  it.each([
    ["triage@2", "2.10.0"],
    ["triage@2.9", "2.9.3"],
    ["triage@2.0.0", "2.0.0"],
    ["triage@1", "1.0.0"],
    ["triage@3.0.0-beta.2", "3.0.0-beta.2"],
    ["triage", "10.0.0"],
  ])("resolves %s to %s", (reference, version) => {
    expect(library.resolve(reference).version).toBe(version);
  });

  it("lists prompts by name and version", () => {
    expect(library.prompts.map(({ name, version }) => `${name}@${version}`)).toEqual([
      "reply@1.0.0",
      "triage@1.0.0",
      "triage@2.0.0",
      "triage@2.9.3",
      "triage@2.10.0",
      "triage@3.0.0-beta.2",
      "triage@3.0.0-beta.10",
      "triage@10.0.0",
    ]);
  });

  it.each([
    ["triage@3", 'no prompt "triage@3"; the versions of triage are: 1.0.0, 2.0.0, 2.9.3, 2.10.0'],
    ["sort@1", 'no prompt "sort@1"; the prompts are: reply, triage'],
    ["triage@two", '"triage@two" is not a prompt reference'],
    ["triage@2@3", '"triage@2@3" is not a prompt reference'],
  ])("answers %s with what exists", (reference, message) => {
    const attempt = () => library.resolve(reference);
    expect(attempt).toThrow(ArmatureError);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ code: "PROMPT_UNKNOWN" }));
  });

  it("refuses two prompts of one name and version", () => {
    expect(() => promptLibrary([prompt("a", "1.0.0"), prompt("a", "1.0.0")])).toThrow(
      "prompt a@1.0.0: version: a@1.0.0 exists already in prompt a@1.0.0",
    );
  });
});
