import { describeCache, virtualClock } from "@armature/testkit";
import { MemoryCache } from "./memory-cache.js";

describeCache(() => new MemoryCache({ ttlMs: 60_000, maxBytes: 1_000_000 }, virtualClock()));
