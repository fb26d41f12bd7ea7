import { createHash } from "node:crypto";
import { ArmatureError } from "@armature/contracts";
import { type DataSet, EvalCase } from "../eval-case.js";

/**
 * Cases that are already at hand as a data set. Throws `CONFIG_INVALID` that lists every case which is none, and every
 * id that occurs twice; `placeOf` says where the nth case stands.
 */
export function dataSet(
  name: string,
  cases: readonly unknown[],
  placeOf: (index: number) => string = (index) => `${name}, case ${index + 1}`,
): DataSet {
  const problems: string[] = [];
  const seen = new Set<string>();
  const checked = cases.flatMap((one, index): EvalCase[] => {
    const parsed = EvalCase.safeParse(one);
    if (!parsed.success) {
      for (const { path, message } of parsed.error.issues) {
        problems.push(`${placeOf(index)}: ${path.map(String).join(".") || "case"}: ${message}`);
      }
      return [];
    }
    if (seen.has(parsed.data.id)) problems.push(`${placeOf(index)}: id: "${parsed.data.id}" occurs twice`);
    seen.add(parsed.data.id);
    return [parsed.data as EvalCase];
  });
  if (cases.length === 0) problems.push(`${name}: there is no case in it`);
  if (problems.length > 0) throw new ArmatureError("CONFIG_INVALID", problems.join("\n"), { details: { problems } });
  return { name, cases: checked, hash: createHash("sha256").update(JSON.stringify(checked)).digest("hex") };
}
