import { definePlugin, type Finding, Guard } from "@armature/contracts";
import { z } from "zod";

const options = z.strictObject({
  /** Names that must not reach a provider; compared without regard to case. */
  names: z.array(z.string().min(1)).min(1),
});

/** The guard itself: it says where the names are, and the frame replaces them. */
export function createCodenameGuard({ names }: z.output<typeof options>): Guard {
  const literal = names.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const pattern = new RegExp(literal.join("|"), "gi");
  return {
    name: "guard-codenames",
    boundaries: ["input", "retrieval"],
    async check({ parts }) {
      const findings: Finding[] = parts.flatMap(({ path, text }) =>
        [...text.matchAll(pattern)].map(({ index, 0: found }) => ({
          path,
          label: "CODENAME",
          start: index,
          end: index + found.length,
        })),
      );
      return { action: findings.length > 0 ? "redact" : "allow", findings };
    },
  };
}

/** In an application: `plugins: [codenameGuard({ names: ["Bluebird"] })]`. */
export const codenameGuard = definePlugin({
  name: "guard-codenames",
  contract: 1,
  provides: [Guard],
  options,
  setup: ({ provide }, parsed) => provide(Guard, createCodenameGuard(parsed)),
});
