import type { RouteCandidate, RouteDecision, RouteRequest, Router } from "@armature/contracts";
import { readFeatures } from "./features.js";
import { estimateCost, findObstacle, hasImages, type Spending } from "./obstacle.js";
import type { RouteModel } from "./route-model.js";
import { type Sufficiency, sufficiencyAt, trainedSufficiency, weakModelSuffices } from "./sufficiency.js";

export interface CostRouterOptions {
  /** What `trainRouter` learned; without it, weights set by hand judge. */
  readonly model?: RouteModel;
  /** How probable it must be that a model suffices before it is chosen; between 0 and 1. */
  readonly confidence: number;
  /** Tokens that an answer usually has: what the headroom is compared with. */
  readonly expectedOutputTokens: number;
}

interface Rung {
  readonly route: string;
  readonly score: number;
  readonly reason: string;
}

/**
 * Chooses the weakest model that should do. Its ladder goes from there to the stronger ones, and ends with the weaker
 * ones for the case that no stronger one answers.
 */
export class CostRouter implements Router {
  readonly name = "router-cost";

  constructor(readonly options: CostRouterOptions) {}

  async route(request: RouteRequest): Promise<RouteDecision> {
    const { candidates } = request;
    const features = readFeatures(request.text);
    const { model } = this.options;
    const suffices = model ? trainedSufficiency(model, request.text) : weakModelSuffices(features);
    const spending: Spending = {
      inputTokens: features.tokens,
      outputTokens: this.options.expectedOutputTokens,
      headroomMicroUsd: request.headroomMicroUsd,
      hasImages: hasImages(request.input),
    };
    const estimate = suffices === "unsure" ? undefined : suffices.probability;
    const obstacles = new Map(candidates.map((candidate) => [candidate, findObstacle(candidate, spending)]));
    const usable = candidates.filter((candidate) => obstacles.get(candidate) === undefined);
    const rungs = this.#climb(usable, candidates, suffices, spending);
    const ranked = new Map(rungs.map((rung) => [rung.route, rung]));
    return {
      ladder: rungs.map(({ route, reason }) => ({ route, reason })),
      scores: candidates.map((candidate, rank) => ({
        ...(ranked.get(candidate.route) ?? {
          route: candidate.route,
          score: 0,
          reason: `skipped: ${obstacles.get(candidate)}`,
        }),
        ...(estimate !== undefined && { estimate: sufficiencyAt(estimate, rank, candidates.length) }),
      })),
    };
  }

  #climb(
    usable: readonly RouteCandidate[],
    all: readonly RouteCandidate[],
    suffices: Sufficiency | "unsure",
    spending: Spending,
  ): Rung[] {
    if (usable.length === 0) return lastResort(all, spending);
    return suffices === "unsure" ? strongestFirst(usable) : this.#rank(usable, all, suffices);
  }

  /**
   * Best score first. What suffices scores between the asked confidence and 1, the weakest highest; what does not
   * scores its probability, which is lower.
   */
  #rank(
    usable: readonly RouteCandidate[],
    all: readonly RouteCandidate[],
    { probability, against }: Sufficiency,
  ): Rung[] {
    const { confidence } = this.options;
    const judged = usable.map((candidate) => ({
      route: candidate.route,
      probability: sufficiencyAt(probability, all.indexOf(candidate), all.length),
    }));
    const enough = judged.filter((one) => one.probability >= confidence);
    const signs = against.length > 0 ? `; against it: ${against.join(", ")}` : "";
    return judged
      .map((one): Rung => {
        const place = enough.indexOf(one);
        const p = one.probability.toFixed(2);
        if (place === -1) {
          const reason = `suffices with probability ${p}, below ${confidence}${signs}`;
          return { route: one.route, score: one.probability, reason };
        }
        const score = 1 - ((1 - confidence) * place) / enough.length;
        const what = place === 0 ? "the weakest that should do" : "stronger than needed";
        return {
          route: one.route,
          score,
          reason: `${what}: suffices with probability ${p}${place === 0 ? signs : ""}`,
        };
      })
      .sort((a, b) => b.score - a.score);
  }
}

/** Where the estimator abstains, the dearest mistake is to choose too weak a model. */
function strongestFirst(usable: readonly RouteCandidate[]): Rung[] {
  return usable
    .map(({ route }, rank) => ({
      route,
      score: (rank + 1) / usable.length,
      reason: "unsure: the text says nothing to the estimator, so the strongest comes first",
    }))
    .reverse();
}

/**
 * Nothing may serve the request, yet somebody must say so: the call behind the cheapest healthy model, or else behind
 * the task's own order, ends in the failure that names the reason.
 */
function lastResort(candidates: readonly RouteCandidate[], spending: Spending): Rung[] {
  const healthy = candidates.filter((candidate) => candidate.breaker !== "open");
  const cost = (candidate: RouteCandidate) => estimateCost(candidate, spending) ?? Number.POSITIVE_INFINITY;
  const [first = candidates[0]!, ...rest] = healthy;
  const cheapest = rest.reduce((best, one) => (cost(one) < cost(best) ? one : best), first);
  const tried = healthy.length > 0 ? [cheapest] : candidates;
  return tried.map((candidate) => ({
    route: candidate.route,
    score: 0,
    reason: `no model is free to serve; ${findObstacle(candidate, spending)}`,
  }));
}
