import { BOUNDARIES, type Guard, type GuardSubject, type JsonPath, type Verdict } from "@armature/contracts";
import fc from "fast-check";
import { expect } from "vitest";
import { fakeContext } from "../fakes/fake-context.js";
import { describePromises, expectJson, type Make, type Promises } from "./suite.js";

export interface GuardSamples {
  /** Texts that the guard must not let pass untouched. */
  readonly caught?: readonly string[];
  /** Texts that it must let pass. */
  readonly clean?: readonly string[];
}

/** The tests that every guard passes. The samples say what this one is for; they are checked at its first boundary. */
export function describeGuard(make: Make<Guard>, samples: GuardSamples = {}): void {
  describePromises("Guard", guardPromises(samples), make);
}

export function guardPromises({ caught = [], clean = [] }: GuardSamples): Promises<Guard> {
  return {
    "has a name and stands at known boundaries, each once": async (make) => {
      const { name, boundaries } = await make();
      expect(name).toMatch(/\S/);
      expect(boundaries.length).toBeGreaterThan(0);
      expect(new Set(boundaries).size).toBe(boundaries.length);
      for (const boundary of boundaries) expect(BOUNDARIES).toContain(boundary);
    },

    "lets nothing pass as nothing": async (make) => {
      const guard = await make();
      for (const texts of [[], [""], ["", " "]]) {
        const { verdict } = await judge(guard, texts);
        expect(verdict.findings).toEqual([]);
      }
    },

    "catches its samples, alone and among others": async (make) => {
      const guard = await make();
      for (const text of caught) {
        expect((await judge(guard, [text])).verdict.action, text).not.toBe("allow");
        const { verdict } = await judge(guard, ["Good morning.", text, "Good night."]);
        expect(verdict.action, text).not.toBe("allow");
        if (verdict.action === "redact") expect(verdict.findings.map(({ path }) => path)).toContainEqual(["parts", 1]);
      }
    },

    "lets clean samples pass": async (make) => {
      const guard = await make();
      for (const text of clean) expect((await judge(guard, [text])).verdict.action, text).toBe("allow");
    },

    "points inside the parts it names, whatever the text": async (make) => {
      const guard = await make();
      const word = fc.oneof(
        fc.string({ unit: "binary", maxLength: 12 }),
        fc.constantFrom(...caught, ...clean, " ", "\n"),
      );
      const text = fc.array(word, { maxLength: 8 }).map((words) => words.join(""));
      await fc.assert(
        fc.asyncProperty(fc.array(text, { maxLength: 4 }), async (texts) => {
          const { subject, verdict } = await judge(guard, texts);
          checkVerdict(subject, verdict);
        }),
        { numRuns: 100 },
      );
    },

    "does not repeat in its reason what it found": async (make) => {
      const guard = await make();
      for (const text of caught) {
        const { subject, verdict } = await judge(guard, [`Dear all, ${text} was sent.`]);
        for (const finding of verdict.findings) {
          expect(verdict.reason ?? "").not.toContain(partAt(subject, finding.path)?.slice(finding.start, finding.end));
        }
      }
    },

    "judges alike at the same time and again, and changes no subject": async (make) => {
      const guard = await make();
      for (const text of [...caught, ...clean, "Nothing special."]) {
        const verdicts = await Promise.all([1, 2, 3].map(async () => (await judge(guard, [text])).verdict));
        expect(verdicts[1]).toEqual(verdicts[0]);
        expect(verdicts[2]).toEqual(verdicts[0]);
      }
    },

    "judges long hostile texts in seconds": async (make) => {
      const guard = await make();
      const unit = caught[0] ?? "word ";
      for (const text of [
        unit.repeat(Math.ceil(100_000 / unit.length)),
        "a".repeat(100_000),
        "1 ".repeat(50_000),
        "@.".repeat(50_000),
      ]) {
        const startedAt = performance.now();
        const { subject, verdict } = await judge(guard, [text]);
        expect(performance.now() - startedAt).toBeLessThan(3_000);
        checkVerdict(subject, verdict);
      }
    },
  };
}

async function judge(guard: Guard, texts: readonly string[]): Promise<{ subject: GuardSubject; verdict: Verdict }> {
  const [boundary = "input"] = guard.boundaries;
  const parts = texts.map((text, index) => Object.freeze({ path: Object.freeze(["parts", index]), text }));
  const subject: GuardSubject = Object.freeze({
    boundary,
    parts: Object.freeze(parts),
    value: { parts: [...texts] },
    ...(boundary === "output" && { passages: [] }),
  });
  return { subject, verdict: await guard.check(subject, fakeContext({ tenant: "acme" })) };
}

function checkVerdict(subject: GuardSubject, verdict: Verdict): void {
  expect(["allow", "flag", "redact", "block"]).toContain(verdict.action);
  if (verdict.action === "redact") expect(verdict.findings.length, "redact names what").toBeGreaterThan(0);
  for (const finding of verdict.findings) {
    const text = partAt(subject, finding.path);
    expect(text, `no part at ${JSON.stringify(finding.path)}`).toBeDefined();
    expect(Number.isInteger(finding.start) && Number.isInteger(finding.end)).toBe(true);
    expect(finding.start).toBeGreaterThanOrEqual(0);
    expect(finding.end).toBeGreaterThan(finding.start);
    expect(finding.end).toBeLessThanOrEqual(text?.length ?? 0);
    expect(finding.label).toMatch(/\S/);
    if (finding.score !== undefined) {
      expect(finding.score).toBeGreaterThanOrEqual(0);
      expect(finding.score).toBeLessThanOrEqual(1);
    }
  }
  expectJson(verdict);
}

function partAt(subject: GuardSubject, path: JsonPath): string | undefined {
  return subject.parts.find((part) => JSON.stringify(part.path) === JSON.stringify(path))?.text;
}
