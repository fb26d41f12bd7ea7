import { BOUNDARIES, definePlugin, type Finding, Guard, type GuardSubject, type Verdict } from "@armature/contracts";
import { z } from "zod";
import { detectPii } from "./detect-pii.js";
import { PII_KINDS } from "./kind.js";

const options = z.strictObject({
  /** What happens to personal data: it is replaced, it ends the request, or it is only recorded. */
  action: z.enum(["redact", "block", "flag"]).default("redact"),
  /** What to look for; everything by default. */
  kinds: z
    .array(z.enum(PII_KINDS))
    .min(1)
    .default([...PII_KINDS]),
  /** Where to look; by default everywhere but `persist`. */
  boundaries: z.array(z.enum(BOUNDARIES)).min(1).default(["input", "retrieval", "tool", "output"]),
});

export type PiiGuardOptions = z.input<typeof options>;

/** Redacts, blocks or flags personal data that has a form of its own. Names and postal addresses have none. */
export const piiGuard = definePlugin({
  name: "guard-pii",
  contract: 1,
  provides: [Guard],
  options: options.prefault({}),
  setup({ provide }, parsed) {
    provide(Guard, createPiiGuard(parsed));
  },
});

/** The guard itself, for use without an application. Throws a ZodError when an option is wrong. */
export function createPiiGuard(input: PiiGuardOptions = {}): Guard {
  const { action, kinds, boundaries } = options.parse(input);
  return {
    name: "guard-pii",
    boundaries,
    async check(subject) {
      const findings = findIn(subject, kinds);
      return findings.length === 0 ? { action: "allow", findings } : { action, findings, reason: summarize(findings) };
    },
  };
}

function findIn({ parts }: GuardSubject, kinds: z.output<typeof options>["kinds"]): Finding[] {
  return parts.flatMap(({ path, text }) => detectPii(text, kinds).map((span) => ({ path, ...span })));
}

/** Labels and counts only: the reason stands in records and logs. */
function summarize(findings: Verdict["findings"]): string {
  const counts = new Map<string, number>();
  for (const { label } of findings) counts.set(label, (counts.get(label) ?? 0) + 1);
  return `Personal data found: ${Array.from(counts, ([label, count]) => `${count} ${label}`).join(", ")}.`;
}
