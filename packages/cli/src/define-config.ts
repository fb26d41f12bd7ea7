import type { ArmatureOptions } from "@armature/core";

/**
 * What `armature.config.ts` says: the application as `createArmature` takes it. Paths in `prompts` and `journal` are
 * relative to the folder of the file.
 */
export type ArmatureConfig = Pick<
  ArmatureOptions,
  "models" | "plugins" | "tasks" | "prompts" | "journal" | "budgets"
> & {
  /** The lock of the prompts, relative to the folder of the file; `prompts.lock.json` by default. */
  readonly lock?: string;
  /** The label that the application follows; `production` by default. */
  readonly label?: string;
};

/** Types the default export of `armature.config.ts`; checks nothing, `armature check` does. */
export function defineConfig(config: ArmatureConfig): ArmatureConfig {
  return config;
}
