import type { Finding, Guard, GuardSubject, Verdict } from "@armature/contracts";
import { expect, test } from "vitest";
import { brokenPromises } from "./broken-promises.js";
import { describeGuard, guardPromises } from "./guard.js";

const samples = { caught: ["the password is 12345"], clean: ["the passage is long"] };

const good: Guard = {
  name: "digits",
  boundaries: ["input", "output"],
  async check(subject: GuardSubject): Promise<Verdict> {
    const findings: Finding[] = subject.parts.flatMap(({ path, text }) =>
      [...text.matchAll(/\d{5,}/g)].map((match) => ({
        path,
        start: match.index,
        end: match.index + match[0].length,
        label: "DIGITS",
      })),
    );
    return findings.length > 0
      ? { action: "redact", findings, reason: "It holds digits." }
      : { action: "allow", findings };
  },
};

describeGuard(() => good, samples);

const spoil =
  (change: (verdict: Verdict, subject: GuardSubject) => Verdict): Guard["check"] =>
  async (subject, context) =>
    change(await good.check(subject, context), subject);

const broken: { readonly [fault: string]: [Guard["check"], RegExp] } = {
  blindness: [async () => ({ action: "allow", findings: [] }), /catches its samples/],
  eagerness: [async () => ({ action: "block", findings: [] }), /clean samples/],
  "spans past the end": [
    spoil((verdict) => ({ ...verdict, findings: verdict.findings.map((one) => ({ ...one, end: one.end + 1 })) })),
    /points inside/,
  ],
  "paths from elsewhere": [
    spoil((verdict) => ({ ...verdict, findings: verdict.findings.map((one) => ({ ...one, path: ["elsewhere"] })) })),
    /points inside/,
  ],
  "a talkative reason": [
    spoil((verdict) => (verdict.action === "allow" ? verdict : { ...verdict, reason: "It says 12345." })),
    /repeat in its reason/,
  ],
  "a state between calls": [
    (() => {
      const pattern = /\d{5,}/g;
      return async ({ parts }: GuardSubject) => ({
        action: parts.some((part) => pattern.test(part.text)) ? ("block" as const) : ("allow" as const),
        findings: [],
      });
    })(),
    /judges alike/,
  ],
  "quadratic patience": [
    spoil((verdict, { parts }) => {
      const until = performance.now() + 3_050;
      while ((parts[0]?.text.length ?? 0) > 10_000 && performance.now() < until);
      return verdict;
    }),
    /hostile texts/,
  ],
};

test.each(Object.entries(broken))("the suite finds a guard with %s", async (_fault, [check, promise]) => {
  const found = await brokenPromises(guardPromises(samples), () => ({ ...good, check }));
  expect(found.join("\n")).toMatch(promise);
});
