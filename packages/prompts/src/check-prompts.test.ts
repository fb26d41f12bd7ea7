import { describe, expect, it } from "vitest";
import { checkPrompts } from "./check-prompts.js";
import { definePrompt } from "./define-prompt.js";
import { acceptPrompt, type LockSubject } from "./lock-entry.js";
import { EMPTY_LOCK, type PromptEvaluation } from "./prompt-lock.js";

const evaluation: PromptEvaluation = {
  dataSet: { name: "mails", hash: "a".repeat(64) },
  trials: 8,
  passes: { first: 8, second: 7 },
  costMicroUsd: 1200,
  p50Ms: 300,
  p99Ms: 900,
};

function subject(
  version: string,
  content = "Sort {{email}}\nBe brief.",
  more: LockSubject["surroundings"] = {},
): LockSubject {
  const prompt = definePrompt({ name: "triage", version, messages: [{ role: "user", content }] });
  return { task: "triage", prompt, surroundings: { outputSchema: { type: "string" }, ...more } };
}

const lock = acceptPrompt(EMPTY_LOCK, subject("2.0.0"), { by: "Ada", at: 0, evaluation });
const check = (one: LockSubject, against = lock) => checkPrompts([one], against)[0]!;

describe("checkPrompts", () => {
  it("says OK of what was accepted with an evaluation", () => {
    expect(check(subject("2.0.0"))).toMatchObject({
      status: "OK",
      reference: "triage@2.0.0",
      message: "",
      difference: [],
    });
  });

  it("says CHANGED when the text moves and the version does not, with the difference and the next step", () => {
    const changed = check(subject("2.0.0", "Sort {{email}}\nBe kind."));
    expect(changed.status).toBe("CHANGED");
    expect(changed.message).toBe(
      'it is not what was accepted as triage@2.0.0; raise its version, or evaluate it and run "armature prompts accept triage@2.0.0"',
    );
    expect(changed.difference).toEqual([
      "  ## user",
      "  Sort {{email}}",
      "- Be brief.",
      "+ Be kind.",
      "  parameters {}",
    ]);
    expect(changed.lockedHash).not.toBe(changed.hash);
  });

  it.each([
    [{ inputSchema: { type: "object" } }, "~ the input schema changed"],
    [{ tools: [{ name: "t", description: "", parameters: {} }] }, "~ the tools changed"],
  ])("says CHANGED of surroundings too", (more, line) => {
    expect(check(subject("2.0.0", undefined, more))).toMatchObject({ status: "CHANGED", difference: [line] });
  });

  it("says STALE of a new version, of a new task, and of one without an evaluation", () => {
    expect(check(subject("2.1.0", "Sort {{email}}\nBe kind."))).toMatchObject({
      status: "STALE",
      message: 'it is not in the lock; evaluate it and run "armature prompts accept triage@2.1.0"',
      difference: ["  ## user", "  Sort {{email}}", "- Be brief.", "+ Be kind.", "  parameters {}"],
    });
    expect(check({ ...subject("2.0.0"), task: "other" }).status).toBe("STALE");
    const blessed = acceptPrompt(EMPTY_LOCK, subject("2.0.0"), { by: "Ada", at: 0 });
    expect(check(subject("2.0.0"), blessed).status).toBe("STALE");
  });

  it("says BREAKING when variables or output move within a major version", () => {
    const broken = [
      subject("2.0.0", "Sort {{mail}}\nBe brief."),
      subject("2.3.0", "Sort {{email}} {{subject}}\nBe brief."),
      subject("2.0.1", undefined, { outputSchema: { type: "number" } }),
    ];
    for (const one of broken) {
      expect(check(one)).toMatchObject({
        status: "BREAKING",
        message: "variables or output schema differ from triage@2.0.0; give it version 3.0.0",
      });
    }
    expect(check(broken[2]!).difference).toEqual(["~ the output schema changed"]);
    expect(check(subject("3.0.0", "Sort {{mail}}")).status).toBe("STALE");
  });

  it("compares with the newest accepted version below", () => {
    const next = subject("2.1.0", "Sort {{email}}\nBe kind.");
    const both = acceptPrompt(lock, next, { by: "Ada", at: 0, evaluation });
    expect(check(next, both).status).toBe("OK");
    expect(check(subject("2.0.0"), both).status).toBe("OK");
    expect(check(subject("2.1.1", "Sort {{email}}\nBe kind."), both).difference).toEqual([]);
  });
});
