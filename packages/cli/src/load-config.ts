import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ArmatureError, CONTENT_FIELDS } from "@armature/contracts";
import { createJiti } from "jiti";
import { z } from "zod";
import type { ArmatureConfig } from "./define-config.js";
import { UsageError } from "./usage-error.js";

const contentLevel = z.enum(["full", "hashes", "none"]);
const fieldLevels = Object.fromEntries(CONTENT_FIELDS.map((field) => [field, contentLevel.optional()]));

/** What the shape of a config file is, so far as it can be told without booting. */
const configSchema = z.strictObject({
  models: z.record(z.string(), z.unknown()),
  plugins: z.array(z.looseObject({ definition: z.looseObject({ name: z.string() }) })).optional(),
  tasks: z.array(z.looseObject({ name: z.string(), limits: z.looseObject({}) })).optional(),
  prompts: z.union([z.string(), z.array(z.unknown())]).optional(),
  journal: z.union([z.string(), z.looseObject({})]).optional(),
  onJournalFailure: z.enum(["refuse", "degrade"]).optional(),
  budgets: z.array(z.unknown()).optional(),
  prices: z.union([z.string(), z.looseObject({})]).optional(),
  lock: z.string().optional(),
  label: z.string().optional(),
  strict: z.boolean().optional(),
  content: z
    .union([contentLevel, z.strictObject({ default: contentLevel }).extend(fieldLevels)], {
      error: "is full, hashes or none; or { default, ... } with one of these for each field",
    })
    .optional(),
  code: z.string().optional(),
});

/**
 * Loads a config file, TypeScript included. Throws {@link UsageError} when there is none, and `CONFIG_INVALID` naming
 * the file and each field when it cannot be loaded or has another shape.
 */
export async function loadConfig(path: string): Promise<ArmatureConfig> {
  if (!existsSync(path)) {
    throw new UsageError(`There is no ${path}. Write one that exports defineConfig({ ... }), or pass --config <file>.`);
  }
  let loaded: unknown;
  try {
    loaded = await createJiti(import.meta.url, { moduleCache: false }).import(path, { default: true });
  } catch (cause) {
    throw invalid(path, problemsOf(cause), cause);
  }
  const checked = configSchema.safeParse(loaded);
  if (!checked.success) {
    const problems = checked.error.issues.map(({ path: field, message }) =>
      field.length > 0 ? `${field.map(String).join(".")}: ${message}` : `its default export is no config: ${message}`,
    );
    throw invalid(path, problems);
  }
  return fromFolder(loaded as ArmatureConfig, dirname(path));
}

/** Every single problem of an error: a boot or a definition may have found several. */
export function problemsOf(error: unknown): string[] {
  if (ArmatureError.isInstance(error)) {
    const problems = error.facts.details?.problems;
    return Array.isArray(problems) ? problems.map(String) : error.message.split("\n");
  }
  return [error instanceof Error ? error.message : String(error)];
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
    ...(lock !== undefined && { lock: resolve(folder, lock) }),
  };
}
