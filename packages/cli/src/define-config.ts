import type { ArmatureOptions } from "@armature/core";

/**
 * What `armature.config.ts` says: the application as `createArmature` takes it, but for time and chance. Paths in
 * `prompts`, `journal`, `lock` and `prices` are relative to the folder of the file. Where `lock` is absent the
 * application follows no lock, and the commands about prompts keep theirs in `prompts.lock.json`.
 */
export type ArmatureConfig = Pick<
  ArmatureOptions,
  | "models"
  | "plugins"
  | "tasks"
  | "prompts"
  | "journal"
  | "onJournalFailure"
  | "budgets"
  | "prices"
  | "lock"
  | "label"
  | "strict"
  | "content"
  | "code"
>;

/** Types the default export of `armature.config.ts`; checks nothing, `armature check` does. */
export function defineConfig(config: ArmatureConfig): ArmatureConfig {
  return config;
}
