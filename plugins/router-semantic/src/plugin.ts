import { definePlugin, Embedder, Router } from "@armature/contracts";
import { z } from "zod";
import { SemanticRouter } from "./semantic-router.js";

const Models = z.array(z.string().min(1)).min(1);

const Options = z
  .strictObject({
    routes: z
      .array(
        z.strictObject({
          /** `none` is what belongs to no route. */
          name: z
            .string()
            .min(1)
            .refine((name) => name !== "none", "none is not a route: set it beside the routes"),
          /** Texts that belong to the route. Two are the least that a threshold can be calibrated on. */
          examples: z.array(z.string().trim().min(1)).min(2),
          /** Names of models, the best first. */
          models: Models,
          /** The least nearness, up to 1; calibrated on all examples by default. */
          threshold: z.number().min(-1).max(1).optional(),
        }),
      )
      .min(1),
    none: z.strictObject({
      /** Names of models, the best first; the task's own order by default. */
      models: Models.optional(),
      /** Texts that belong to no route: thresholds keep them out. */
      examples: z.array(z.string().trim().min(1)).default([]),
    }),
  })
  .refine(({ routes }) => new Set(routes.map(({ name }) => name)).size === routes.length, {
    message: "two routes have the same name",
    path: ["routes"],
  });

/** Routes each request by the examples that it is nearest to. */
export const semanticRouter = definePlugin({
  name: "router-semantic",
  contract: 1,
  version: "0.1.0",
  provides: [Router],
  requires: [Embedder],
  options: Options,
  setup({ provide }, options) {
    provide(Router, new SemanticRouter(options));
  },
});
