export { runCli } from "./cli.js";
export { type ArmatureConfig, defineConfig } from "./define-config.js";
export type { Terminal } from "./terminal.js";
