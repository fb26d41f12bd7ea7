import { type MeteredEmbedder, Router } from "@armature/contracts";
import { fakeContext, hashEmbedder } from "@armature/testkit";
import { describe, expect, it } from "vitest";
import { calibrateThresholds } from "./calibration.js";
import { semanticRouter } from "./plugin.js";
import { SemanticRouter, type SemanticRouterOptions } from "./semantic-router.js";

const capabilities = {
  contextTokens: 100_000,
  maxOutputTokens: 4_000,
  structuredOutput: "native",
  tools: true,
  vision: false,
  streaming: true,
  prefill: false,
} as const;
const candidates = ["cheap", "middle", "strong"].map((route) => ({
  route,
  model: route,
  capabilities,
  breaker: "closed" as "closed" | "open",
}));
const options: SemanticRouterOptions = {
  routes: [
    {
      name: "refunds",
      models: ["cheap"],
      examples: ["refund my order please", "please refund the broken order", "i want a refund for my order"],
    },
    {
      name: "contracts",
      models: ["strong", "middle"],
      examples: ["review the contract clause", "is this contract clause valid", "check a clause of the contract"],
    },
  ],
  none: { models: ["middle"], examples: ["what is the weather today", "tell me a joke about cats"] },
};

async function decide(text: string, over: object = {}, context = fakeContext()) {
  return new SemanticRouter(options).route({ input: { text }, text, candidates, ...over }, context);
}
const ladder = async (text: string, over: object = {}) => (await decide(text, over)).ladder.map(({ route }) => route);

describe("SemanticRouter", () => {
  it("takes the models of the nearest route, then the task's others", async () => {
    expect(await ladder("please refund order 12")).toEqual(["cheap", "middle", "strong"]);
    expect(await ladder("check the contract clause again")).toEqual(["strong", "middle", "cheap"]);
    const { ladder: rungs, scores } = await decide("please refund order 12");
    expect(rungs[0]?.reason).toMatch(/^route refunds: nearness 0\.\d\d, at least 0\.\d\d$/);
    expect(rungs[1]?.reason).toMatch(/not among its models$/);
    expect(scores.map(({ route }) => route)).toEqual(["cheap", "middle", "strong"]);
  });

  it("takes none for what is near to no route, and for no text", async () => {
    const { ladder: rungs } = await decide("how tall do giraffes grow");
    expect(rungs[0]).toMatchObject({ route: "middle", reason: expect.stringMatching(/^route none: the nearest, /) });
    expect((await decide("  ")).ladder[0]).toEqual({ route: "middle", reason: "route none: the input has no text" });
  });

  it("passes over what is down, reads no images or is not allowed", async () => {
    const down = candidates.map((one) => (one.route === "cheap" ? { ...one, breaker: "open" as const } : one));
    expect(await ladder("please refund my order", { candidates: down })).toEqual(["middle", "strong"]);
    expect(await ladder("check the contract clause", { candidates: candidates.slice(0, 2) })).toEqual([
      "middle",
      "cheap",
    ]);
    const seeing = candidates.map((one) =>
      one.route === "strong" ? { ...one, capabilities: { ...capabilities, vision: true } } : one,
    );
    const input = [{ type: "image_url", image_url: { url: "https://example.org/a.png" } }];
    expect(await ladder("please refund my order", { candidates: seeing, input })).toEqual(["strong"]);
    const allDown = candidates.map((one) => ({ ...one, breaker: "open" as const }));
    expect(await ladder("please refund my order", { candidates: allDown })).toEqual(["cheap", "middle", "strong"]);
  });

  it("embeds its examples once, also for requests at the same time, and again after a failure", async () => {
    const calls: number[] = [];
    const real = hashEmbedder();
    let isDown = true;
    const context = fakeContext({
      embedder: {
        ...real,
        async embed(texts: readonly string[]) {
          calls.push(texts.length);
          if (isDown) throw new Error("no budget left");
          return real.embed(texts, fakeContext());
        },
      } satisfies MeteredEmbedder,
    });
    const router = new SemanticRouter(options);
    const route = () => router.route({ input: {}, text: "please refund my order", candidates }, context);
    await expect(route()).rejects.toThrow("no budget left");
    isDown = false;
    calls.length = 0;
    await Promise.all([route(), route()]);
    await route();
    expect(calls.sort((a, b) => a - b)).toEqual([1, 1, 1, 8]);
    const { refunds } = Object.fromEntries(await router.thresholds(context.embedder));
    expect(refunds).toMatchObject({ precision: 1, recall: 1 });
  });

  it.each<[string, (vectors: number[][]) => number[][], RegExp]>([
    ["too few vectors", (vectors) => vectors.slice(1), /7 vectors for 8 texts/],
    ["other dimensions", (vectors) => vectors.map((vector) => vector.slice(1)), /numbers where \d+ were due/],
    ["what is no number", (vectors) => vectors.map((vector) => vector.map(() => Number.NaN)), /not finite/],
  ])("refuses %s, and learns nothing from them", async (_what, spoil, message) => {
    const real = hashEmbedder();
    let isBroken = true;
    const embed = async (texts: readonly string[]) => {
      const vectors = await real.embed(texts, fakeContext());
      return isBroken ? spoil(vectors) : vectors;
    };
    const context = fakeContext({ embedder: { ...real, embed } });
    const router = new SemanticRouter(options);
    const route = () => router.route({ input: {}, text: "please refund my order", candidates }, context);
    await expect(route()).rejects.toThrow(message);
    isBroken = false;
    expect((await route()).ladder[0]?.route).toBe("cheap");
  });

  it("obeys a threshold that was set", async () => {
    const strict = options.routes.map((route) => ({ ...route, threshold: 1 }));
    const router = new SemanticRouter({ ...options, routes: strict });
    const text = "please refund order 12";
    const decision = await router.route({ input: {}, text, candidates }, fakeContext());
    expect(decision.ladder[0]?.route).toBe("middle");
  });
});

describe("thresholds", () => {
  it("lie in the gap between a route's own examples and all others", () => {
    const at = (degrees: number) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    const routes = [
      { name: "east", vectors: [0, 5, 10].map(at) },
      { name: "north", vectors: [85, 90].map(at) },
    ];
    const found = calibrateThresholds(routes, [at(40)]);
    const { threshold, precision, recall } = found.get("east")!;
    expect([precision, recall]).toEqual([1, 1]);
    // The own example that is farthest has the mean of cos 5 and cos 10; the nearest foreign one lies at 30 to 40 degrees.
    expect(threshold).toBeLessThan((Math.cos(Math.PI / 36) + Math.cos(Math.PI / 18)) / 2);
    expect(threshold).toBeGreaterThan(Math.cos(Math.PI / 5));
  });

  it("do not count an example as near to itself", () => {
    const routes = [
      {
        name: "right angle",
        vectors: [
          [1, 0],
          [0, 1],
        ],
      },
      {
        name: "other",
        vectors: [
          [-1, 0],
          [0, -1],
        ],
      },
    ];
    // Own examples have 0, foreign ones the mean of 0 and -1.
    expect(calibrateThresholds(routes, []).get("right angle")!.threshold).toBeCloseTo(-0.25, 9);
  });
});

describe("semanticRouter", () => {
  it("provides a router, and refuses routes that make no sense", () => {
    const { definition } = semanticRouter;
    expect(definition).toMatchObject({ name: "router-semantic", contract: 1, provides: [Router] });
    const parse = (value: unknown) => definition.options?.safeParse(value).success;
    expect(parse(options)).toBe(true);
    const [route] = options.routes;
    expect(parse({ routes: [route] })).toBe(false);
    expect(parse({ routes: [route, route], none: {} })).toBe(false);
    expect(parse({ routes: [{ ...route, name: "none" }], none: {} })).toBe(false);
    expect(parse({ routes: [{ ...route, examples: ["one"] }], none: {} })).toBe(false);
  });
});
