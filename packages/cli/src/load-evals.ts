import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ArmatureError } from "@armature/contracts";
import { type Eval, isEval } from "@armature/evals";
import { createJiti } from "jiti";
import { problemsOf } from "./load-config.js";

const EVAL_FILE = /\.eval\.[cm]?[jt]s$/;
const SKIPPED = /^(?:node_modules|dist|\..*)$/;

/** Every evaluation that a file `*.eval.ts` under the folder exports, by name. */
export async function loadEvals(folder: string): Promise<Eval[]> {
  const jiti = createJiti(import.meta.url, { moduleCache: false });
  const byName = new Map<string, { readonly one: Eval; readonly file: string }>();
  for (const file of evalFiles(folder)) {
    let module: Record<string, unknown>;
    try {
      module = await jiti.import(file);
    } catch (cause) {
      throw new ArmatureError("CONFIG_INVALID", `${file}: ${problemsOf(cause).join("\n")}`, { cause });
    }
    for (const one of new Set(Object.values(module).filter(isEval))) {
      const twin = byName.get(one.name);
      if (twin) throw new ArmatureError("CONFIG_INVALID", `${file}: eval "${one.name}" stands in ${twin.file} already`);
      byName.set(one.name, { one, file });
    }
  }
  return [...byName.values()].map(({ one }) => one).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function evalFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      if (entry.isDirectory()) return SKIPPED.test(entry.name) ? [] : evalFiles(join(folder, entry.name));
      return EVAL_FILE.test(entry.name) ? [join(folder, entry.name)] : [];
    })
    .sort();
}
