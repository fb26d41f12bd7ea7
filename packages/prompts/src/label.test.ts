import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { definePrompt } from "./define-prompt.js";
import { describePin, pinOf, resolvePinned, rollback } from "./label.js";
import { promptLibrary } from "./library.js";
import { acceptPrompt, lockedEntry, requireLocked } from "./lock-entry.js";
import { EMPTY_LOCK, type PromptLock } from "./prompt-lock.js";

const write = (version: string, content = `Version ${version}`) =>
  definePrompt({ name: "triage", version, messages: [{ role: "user", content }] });
const library = promptLibrary(["2.0.0", "2.1.0", "2.2.0", "3.0.0"].map((version) => write(version)));
const accept = (lock: PromptLock, version: string, label?: string) =>
  acceptPrompt(lock, { task: "triage", prompt: write(version) }, { by: "Ada", at: 0, ...(label && { label }) });
const request = { by: "Bob", at: 1_000, why: "refunds went wrong" };

describe("labels", () => {
  const lock = ["2.0.0", "2.1.0"].reduce((before, version) => accept(before, version), EMPTY_LOCK);

  it("pin name@major to the version that was accepted last, whatever newer file there is", () => {
    expect(library.resolve("triage@2").version).toBe("2.2.0");
    const { prompt, pin } = resolvePinned(library, lock, "triage@2");
    expect(prompt.version).toBe("2.1.0");
    expect(pin).toEqual({
      label: "production",
      version: "2.1.0",
      by: "Ada",
      at: "1970-01-01T00:00:00.000Z",
      why: "accepted",
    });
  });

  it("leave exact references, other majors and an empty lock alone", () => {
    expect(resolvePinned(library, lock, "triage@2.0.0")).toEqual({ prompt: library.resolve("triage@2.0.0") });
    expect(resolvePinned(library, lock, "triage@3").prompt.version).toBe("3.0.0");
    expect(resolvePinned(library, EMPTY_LOCK, "triage@2").prompt.version).toBe("2.2.0");
  });

  it("move alone: canary runs ahead, and follows production where it has no stand of its own", () => {
    const ahead = accept(lock, "2.2.0", "canary");
    expect(resolvePinned(library, ahead, "triage@2", "canary").prompt.version).toBe("2.2.0");
    expect(resolvePinned(library, ahead, "triage@2").prompt.version).toBe("2.1.0");
    expect(pinOf(lock, "triage@2", "canary")).toMatchObject({ label: "production", version: "2.1.0" });
  });

  it("go back at once, and say who and why", () => {
    const back = rollback(lock, "triage@2", request);
    expect(pinOf(back, "triage@2")).toEqual({
      label: "production",
      version: "2.0.0",
      by: "Bob",
      at: "1970-01-01T00:00:01.000Z",
      why: "refunds went wrong",
    });
    expect(describePin(pinOf(back, "triage@2")!)).toBe(
      "production at 2.0.0 by Bob since 1970-01-01: refunds went wrong",
    );
    expect(lockedEntry(back, { task: "triage", prompt: write("2.1.0") })).toBeDefined();
    expect(back.labels["triage@2"]!.production).toHaveLength(3);
  });

  it("go back two versions in two steps, and to any accepted one by name", () => {
    const three = accept(lock, "2.2.0");
    const twice = rollback(rollback(three, "triage@2", request), "triage@2", request);
    expect(pinOf(twice, "triage@2")?.version).toBe("2.0.0");
    expect(pinOf(rollback(twice, "triage@2", { ...request, to: "2.2.0" }), "triage@2")?.version).toBe("2.2.0");
    expect(() => rollback(twice, "triage@2", request)).toThrow(/nothing came before it/);
  });

  it("refuse what was never accepted, and what has no label", () => {
    expect(() => rollback(lock, "triage@2", { ...request, to: "2.2.0" })).toThrow(/2\.2\.0 was never accepted/);
    expect(() => rollback(lock, "triage@2", { ...request, to: "2.1.0" })).toThrow(/it stands there/);
    expect(() => rollback(lock, "triage@3", request)).toThrow(/the lock has triage@2 production at 2\.1\.0/);
    expect(() => rollback(EMPTY_LOCK, "triage@2", request)).toThrow(/no label yet/);
  });

  it("name the pin when its version is gone", () => {
    const gone = promptLibrary([write("2.2.0")]);
    expect(() => resolvePinned(gone, lock, "triage@2")).toThrow(
      expect.objectContaining({
        code: "PROMPT_UNKNOWN",
        message: expect.stringMatching(/pins triage@2 to 2\.1\.0.*by Ada/),
      }),
    );
  });

  it("stand at an accepted version after any run of moves", () => {
    const steps = fc.array(fc.oneof(fc.constantFrom("2.0.0", "2.1.0", "2.2.0"), fc.constant("back")), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(steps, (moves) => {
        let current = EMPTY_LOCK;
        const stands: string[] = [];
        for (const move of moves) {
          if (move !== "back") {
            current = accept(current, move);
            if (stands.includes(move)) stands.splice(stands.indexOf(move) + 1);
            else stands.push(move);
          } else if (stands.length > 1) {
            stands.pop();
            current = rollback(current, "triage@2", request);
          } else expect(() => rollback(current, "triage@2", request)).toThrow();
        }
        expect(pinOf(current, "triage@2")?.version).toBe(stands.at(-1));
      }),
    );
  });
});

describe("requireLocked", () => {
  const lock = accept(EMPTY_LOCK, "2.0.0");

  it("lets what was accepted pass, and nothing else", () => {
    expect(requireLocked(lock, { task: "triage", prompt: write("2.0.0") })).toBeUndefined();
    const refused = [
      { task: "triage", prompt: write("2.0.0", "Version 2.0.0!") },
      { task: "triage", prompt: write("2.1.0") },
      { task: "other", prompt: write("2.0.0") },
      { task: "triage", prompt: write("2.0.0"), surroundings: { outputSchema: { type: "string" } } },
    ];
    for (const subject of refused) {
      expect(() => requireLocked(lock, subject)).toThrow(expect.objectContaining({ code: "PROMPT_UNLOCKED" }));
    }
  });
});
