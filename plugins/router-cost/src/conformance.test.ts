import { describeRouter } from "@armature/testkit";
import { CostRouter } from "./cost-router.js";

describeRouter(() => new CostRouter({ confidence: 0.7, expectedOutputTokens: 500 }));
