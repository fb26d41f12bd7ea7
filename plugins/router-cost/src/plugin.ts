import { definePlugin, Router } from "@armature/contracts";
import { z } from "zod";
import { CostRouter } from "./cost-router.js";

const Options = z
  .strictObject({
    /** How probable it must be that a model suffices before it is chosen; 0.7 by default. */
    confidence: z.number().gt(0).lt(1).default(0.7),
    /** Tokens that an answer usually has, to compare costs with the headroom; 500 by default. */
    expectedOutputTokens: z.int().positive().default(500),
  })
  .prefault({});

/** Routes each request to the weakest of the task's models that should do, judged by cheap features of its text. */
export const costRouter = definePlugin({
  name: "router-cost",
  contract: 1,
  version: "0.1.0",
  provides: [Router],
  options: Options,
  setup({ provide }, options) {
    provide(Router, new CostRouter(options));
  },
});
