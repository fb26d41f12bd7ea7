import { describeCache } from "@armature/testkit";
import { SemanticCache } from "./semantic-cache.js";

describeCache(() => new SemanticCache({ threshold: 0.97, ttlMs: 60_000, maxEntries: 200, maxNamespaces: 100 }));
