import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ArmatureError } from "@armature/contracts";
import { optionProblems } from "@armature/core";
import { createJiti } from "jiti";
import type { ArmatureConfig } from "./define-config.js";
import { UsageError } from "./usage-error.js";

/**
 * Loads a config file, TypeScript included. Throws {@link UsageError} when there is none, and `CONFIG_INVALID` naming
 * the file and each field when it cannot be loaded or has another shape.
 */
export async function loadConfig(path: string): Promise<ArmatureConfig> {
  const config = await readConfig(path);
  const problems = optionProblems(config);
  if (problems.length > 0) throw invalid(path, problems);
  return config;
}

/** The same for a boot, which tells the shape of its options among all else that is wrong. */
export async function readConfig(path: string): Promise<ArmatureConfig> {
  if (!existsSync(path)) {
    throw new UsageError(`There is no ${path}. Write one that exports defineConfig({ ... }), or pass --config <file>.`);
  }
  if (statSync(path).isDirectory()) throw new UsageError(`${path} is a folder; pass --config <file>.`);
  let loaded: unknown;
  try {
    loaded = await createJiti(import.meta.url, { moduleCache: false }).import(path, { default: true });
  } catch (cause) {
    throw invalid(path, problemsOf(cause), cause);
  }
  if (typeof loaded !== "object" || loaded === null || !("models" in loaded)) {
    throw invalid(path, ["its default export is no config: it has no models"]);
  }
  return fromFolder(loaded as ArmatureConfig, dirname(path));
}

/** Every single problem of an error: a boot or a definition may have found several. */
export function problemsOf(error: unknown): string[] {
  if (ArmatureError.isInstance(error)) {
    const problems = error.facts.details?.problems;
    return Array.isArray(problems) ? problems.map(String) : error.message.split("\n");
  }
  // Behind a module that is missing, Node lists who asked for it, this package's own files among them.
  return [(error instanceof Error ? error.message : String(error)).split("\nRequire stack:")[0]!];
}

function invalid(path: string, problems: readonly string[], cause?: unknown): ArmatureError {
  const located = problems.map((problem) => `${path}: ${problem}`);
  return new ArmatureError("CONFIG_INVALID", located.join("\n"), { details: { problems: located }, cause });
}

function fromFolder(config: ArmatureConfig, folder: string): ArmatureConfig {
  const { prompts, journal, prices, lock } = config;
  return {
    ...config,
    ...(typeof prompts === "string" && { prompts: resolve(folder, prompts) }),
    ...(typeof journal === "string" && { journal: resolve(folder, journal) }),
    ...(typeof prices === "string" && { prices: resolve(folder, prices) }),
    ...(typeof lock === "string" && { lock: resolve(folder, lock) }),
  };
}
