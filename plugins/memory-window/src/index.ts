export { windowMemory } from "./plugin.js";
export { WindowMemory, type WindowMemoryLimits } from "./window-memory.js";
