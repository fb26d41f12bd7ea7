import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkPrompts, describeCheck } from "./check-prompts.js";
import { definePrompt } from "./define-prompt.js";
import type { JsonSchema } from "./json-schema.js";
import { acceptPrompt, type LockSubject, lockedEntry } from "./lock-entry.js";
import { EMPTY_LOCK, type PromptEvaluation } from "./prompt-lock.js";

const evaluation: PromptEvaluation = {
  dataSet: { name: "mails", hash: "a".repeat(64) },
  trials: 8,
  judges: {},
  passes: { first: 8, second: 7 },
  scores: { first: 1, second: 0.9 },
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
      "it is not what was accepted as triage@2.0.0; raise its version, or evaluate and accept it",
    );
    expect(changed.next).toEqual([
      "npx armature eval --baseline --prompt triage@2.0.0 --out eval.json",
      "npx armature prompts accept triage@2.0.0 --eval eval.json",
    ]);
    expect(describeCheck(changed).join("\n")).toBe(
      [
        "CHANGED  triage@2.0.0 in task triage (prompt triage@2.0.0)",
        `  ${changed.message}`,
        ...changed.difference.map((line) => `    ${line}`),
        "  Next:",
        ...changed.next.map((line) => `    ${line}`),
      ].join("\n"),
    );
    expect(describeCheck(changed, "app")).toContain("  Next, in app:");
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
    [{ inputSchema: { type: "object" } }, ["~ the input schema changed", '+ type "object"']],
    [
      { tools: [{ name: "t", description: "D", parameters: {} }] },
      ["~ the tools changed", '+ t.description "D"', "+ t.parameters {}"],
    ],
  ])("says CHANGED of surroundings too, and what moved in them", (more, difference) => {
    expect(check(subject("2.0.0", undefined, more))).toMatchObject({ status: "CHANGED", difference });
  });

  it("says STALE of a new version, of a new task, and of one without an evaluation", () => {
    expect(check(subject("2.1.0", "Sort {{email}}\nBe kind."))).toMatchObject({
      status: "STALE",
      message: "it is not in the lock; evaluate and accept it",
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
        message:
          "variables or output schema differ from triage@2.0.0; give it version 3.0.0 and let the task ask for triage@3, then evaluate and accept it",
        next: [
          "npx armature eval --baseline --prompt triage@3.0.0 --out eval.json",
          "npx armature prompts accept triage@3.0.0 --eval eval.json",
        ],
      });
    }
    expect(check(broken[2]!).difference).toEqual(["~ the output schema changed", '- type "string"', '+ type "number"']);
    expect(check(subject("3.0.0", "Sort {{mail}}")).status).toBe("STALE");
  });

  it("says STALE when the judge of its evaluation has moved", () => {
    const judge = (content: string): LockSubject => ({
      task: "judge-tone",
      prompt: definePrompt({ name: "tone", version: "1.0.0", messages: [{ role: "user", content }] }),
    });
    const by = { by: "Ada", at: 0 };
    const before = acceptPrompt(EMPTY_LOCK, judge("Is {{output}} kind?"), { ...by, evaluation });
    const judges = { "judge-tone": lockedEntry(before, judge(""))!.hash };
    const both = acceptPrompt(before, subject("2.0.0"), { ...by, evaluation: { ...evaluation, judges } });
    const statuses = (content: string) =>
      checkPrompts([subject("2.0.0"), judge(content)], both).map((one) => one.status);
    expect(statuses("Is {{output}} kind?")).toEqual(["OK", "OK"]);
    expect(statuses("Is {{output}} rude?")).toEqual(["STALE", "CHANGED"]);
  });

  it("sees a rule that JSON Schema cannot say once the schema names its revision", () => {
    const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: "input" }) as JsonSchema;
    const loose = z.object({ sum: z.number() });
    const strict = loose.refine(({ sum }) => sum > 0);
    const locked = acceptPrompt(EMPTY_LOCK, subject("2.0.0", undefined, { outputSchema: schemaOf(loose) }), {
      by: "Ada",
      at: 0,
      evaluation,
    });
    const status = (schema: z.ZodType) =>
      check(subject("2.0.0", undefined, { outputSchema: schemaOf(schema) }), locked);
    expect(status(strict).status).toBe("OK");
    expect(status(strict.meta({ revision: 2 }))).toMatchObject({ status: "BREAKING" });
    expect(status(strict.meta({ revision: 2 })).difference).toContain("+ revision 2");
  });

  it("compares with the newest accepted version below", () => {
    const next = subject("2.1.0", "Sort {{email}}\nBe kind.");
    const both = acceptPrompt(lock, next, { by: "Ada", at: 0, evaluation });
    expect(check(next, both).status).toBe("OK");
    expect(check(subject("2.0.0"), both).status).toBe("OK");
    expect(check(subject("2.1.1", "Sort {{email}}\nBe kind."), both).difference).toEqual([]);
  });
});
