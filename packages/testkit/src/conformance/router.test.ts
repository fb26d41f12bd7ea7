import type { RouteRequest, Router } from "@armature/contracts";
import { expect, test } from "vitest";
import { brokenPromises } from "./broken-promises.js";
import { describeRouter, routerPromises } from "./router.js";

const good: Router = {
  name: "in-order",
  async route({ candidates }: RouteRequest) {
    const ordered = [...candidates].sort((a, b) => Number(a.breaker === "open") - Number(b.breaker === "open"));
    const reason = "the task's order, healthy models first";
    return {
      ladder: ordered.map(({ route }) => ({ route, reason })),
      scores: ordered.map(({ route }, index) => ({ route, score: -index, reason })),
    };
  },
};

describeRouter(() => good);

const broken: { readonly [fault: string]: [Router["route"], RegExp] } = {
  "an empty ladder": [async (request, context) => ({ ...(await good.route(request, context)), ladder: [] }), /ladder/],
  "an invented route": [
    async (request, context) => ({
      ...(await good.route(request, context)),
      ladder: [{ route: "gpt-9", reason: "newer" }],
    }),
    /ladder/,
  ],
  "a rung twice": [
    async (request, context) => {
      const decision = await good.route(request, context);
      return { ...decision, ladder: [...decision.ladder, ...decision.ladder] };
    },
    /ladder/,
  ],
  "no scores": [async (request, context) => ({ ...(await good.route(request, context)), scores: [] }), /scores every/],
  "NaN scores": [
    async (request, context) => {
      const decision = await good.route(request, context);
      return { ...decision, scores: decision.scores.map((score) => ({ ...score, score: Number.NaN })) };
    },
    /scores every/,
  ],
  "blindness to breakers": [
    (request, context) =>
      good.route({ ...request, candidates: request.candidates.map((one) => ({ ...one, breaker: "closed" })) }, context),
    /open breaker/,
  ],
  moods: [
    async (request, context) => {
      const decision = await good.route(request, context);
      return { ...decision, scores: decision.scores.map((score) => ({ ...score, score: Math.random() })) };
    },
    /decides alike/,
  ],
  "a request it sorts in place": [
    (request, context) => {
      (request.candidates as unknown[]).reverse();
      return good.route(request, context);
    },
    /changes none/,
  ],
};

test.each(Object.entries(broken))("the suite finds a router with %s", async (_fault, [route, promise]) => {
  expect((await brokenPromises(routerPromises, () => ({ ...good, route }))).join("\n")).toMatch(promise);
});
