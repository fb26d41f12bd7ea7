export { MemoryCache, type MemoryCacheLimits } from "./memory-cache.js";
export { memoryCache } from "./plugin.js";
