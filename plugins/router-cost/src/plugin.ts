import { definePlugin, Router } from "@armature/contracts";
import { z } from "zod";
import { CostRouter } from "./cost-router.js";
import { RouteModel, readRouteModel } from "./route-model.js";

const Options = z
  .strictObject({
    /** What `trainRouter` learned, or the file that it was written to. */
    model: z.union([z.string().min(1), RouteModel]).optional(),
    /** How probable it must be that a model suffices before it is chosen; the model's own choice, 0.7 without one. */
    confidence: z.number().gt(0).lt(1).optional(),
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
  setup({ provide }, { model: given, confidence, expectedOutputTokens }) {
    const model = typeof given === "string" ? readRouteModel(given) : given;
    const asked = confidence ?? model?.choice.confidence ?? 0.7;
    provide(Router, new CostRouter({ confidence: asked, expectedOutputTokens, ...(model && { model }) }));
  },
});
