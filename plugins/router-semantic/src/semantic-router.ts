import type {
  JsonValue,
  MeteredEmbedder,
  RequestContext,
  RouteCandidate,
  RouteDecision,
  RouteRequest,
  Router,
} from "@armature/contracts";
import { calibrateThresholds, type Threshold } from "./calibration.js";
import { nearness, unitVectors } from "./vectors.js";

export interface NamedRoute {
  readonly name: string;
  /** Texts that belong here; at least two, and the more different ones the better. */
  readonly examples: readonly string[];
  /** Models to take, the best first; what a task does not allow is passed over. */
  readonly models: readonly string[];
  /** The least nearness (a cosine, at most 1); calibrated on all examples when absent. */
  readonly threshold?: number | undefined;
}

export interface SemanticRouterOptions {
  readonly routes: readonly NamedRoute[];
  /** What belongs to no route: its models, and examples that thresholds should keep out. */
  readonly none: { readonly models?: readonly string[] | undefined; readonly examples: readonly string[] };
}

interface Learned {
  readonly vectors: ReadonlyMap<string, readonly (readonly number[])[]>;
  readonly thresholds: ReadonlyMap<string, Threshold>;
}

interface Match {
  readonly name: string;
  readonly models: readonly string[] | undefined;
  readonly reason: string;
  readonly nearness: number;
}

// Embedding models read no more than some thousand tokens, and a text shows soon what it is about.
const SAMPLE_CHARACTERS = 8_000;

/**
 * Routes a request to the named route whose examples it is nearest to, or to `none` when it is near to none of them.
 * Examples are embedded once for each embedder, by the first request that needs them and at its cost.
 */
export class SemanticRouter implements Router {
  readonly name = "router-semantic";
  readonly #learned = new Map<string, Promise<Learned>>();

  constructor(readonly options: SemanticRouterOptions) {}

  async route(request: RouteRequest, context: RequestContext): Promise<RouteDecision> {
    const match = await this.#match(request.text, context.embedder);
    return decide(request, match);
  }

  /** The thresholds in use with this embedder, and what they are worth on the examples. */
  async thresholds(embedder: MeteredEmbedder): Promise<ReadonlyMap<string, Threshold>> {
    return (await this.#learn(embedder)).thresholds;
  }

  async #match(text: string, embedder: MeteredEmbedder): Promise<Match> {
    const none = (why: string, near: number): Match => ({
      name: "none",
      models: this.options.none.models,
      reason: `route none: ${why}`,
      nearness: near,
    });
    if (text.trim() === "") return none("the input has no text", 0);
    const { vectors, thresholds } = await this.#learn(embedder);
    const [vector] = await embed([text.slice(0, SAMPLE_CHARACTERS)], embedder);
    const judged = this.options.routes
      .map((route) => {
        const threshold = route.threshold ?? thresholds.get(route.name)?.threshold ?? 1;
        return { route, threshold, near: nearness(vector!, vectors.get(route.name) ?? []) };
      })
      .sort((a, b) => b.near - a.near);
    const taken = judged.find(({ near, threshold }) => near >= threshold);
    if (taken) {
      const { route, near, threshold } = taken;
      const reason = `route ${route.name}: nearness ${near.toFixed(2)}, at least ${threshold.toFixed(2)}`;
      return { name: route.name, models: route.models, reason, nearness: near };
    }
    const [best] = judged;
    const why = best
      ? `the nearest, ${best.route.name}, has ${best.near.toFixed(2)}, below ${best.threshold.toFixed(2)}`
      : "there are no others";
    return none(why, best?.near ?? 0);
  }

  #learn(embedder: MeteredEmbedder): Promise<Learned> {
    const known = this.#learned.get(embedder.id);
    if (known) return known;
    const learning = this.#embedExamples(embedder);
    this.#learned.set(embedder.id, learning);
    // The next request tries again: it may have the budget or the network that this one lacked.
    learning.catch(() => this.#learned.delete(embedder.id));
    return learning;
  }

  async #embedExamples(embedder: MeteredEmbedder): Promise<Learned> {
    const { routes, none } = this.options;
    const texts = [...routes.flatMap((route) => route.examples), ...none.examples];
    const embedded = await embed(texts, embedder);
    const take = (count: number) => embedded.splice(0, count);
    const named = routes.map(({ name, examples }) => ({ name, vectors: take(examples.length) }));
    return {
      vectors: new Map(named.map(({ name, vectors }) => [name, vectors])),
      thresholds: calibrateThresholds(named, embedded),
    };
  }
}

async function embed(texts: readonly string[], embedder: MeteredEmbedder): Promise<(readonly number[])[]> {
  return unitVectors(await embedder.embed(texts), texts.length, embedder.dimensions);
}

/** The route's models in its order, then the task's others in theirs; a model that cannot serve comes only as a last resort. */
function decide({ candidates, input }: RouteRequest, match: Match): RouteDecision {
  const wanted = match.models ?? [];
  const ranked = [
    ...wanted.flatMap((model) => candidates.filter((candidate) => candidate.route === model)),
    ...candidates.filter((candidate) => !wanted.includes(candidate.route)),
  ];
  const needsVision = hasImages(input);
  const usable = ranked.filter((candidate) => obstacleOf(candidate, needsVision) === undefined);
  const ladder = (usable.length > 0 ? usable : ranked).map(({ route }) => ({ route, reason: reasonOf(route) }));
  const place = new Map(ladder.map((rung, index) => [rung.route, index]));

  function reasonOf(route: string): string {
    return wanted.length === 0 || wanted.includes(route) ? match.reason : `${match.reason}; not among its models`;
  }
  return {
    ladder,
    scores: candidates.map((candidate) => {
      const rank = place.get(candidate.route);
      const obstacle = obstacleOf(candidate, needsVision);
      return {
        route: candidate.route,
        score: rank === undefined || obstacle ? 0 : (ladder.length - rank) / ladder.length,
        reason: obstacle ? `skipped: ${obstacle}` : reasonOf(candidate.route),
        estimate: Math.min(1, Math.max(0, match.nearness)),
      };
    }),
  };
}

function obstacleOf({ breaker, capabilities }: RouteCandidate, needsVision: boolean): string | undefined {
  if (breaker === "open") return "its breaker is open";
  return needsVision && !capabilities.vision ? "it reads no images" : undefined;
}

function hasImages(input: JsonValue): boolean {
  if (input === null || typeof input !== "object") return false;
  if (Array.isArray(input)) return input.some(hasImages);
  return input.type === "image_url" || Object.values(input).some(hasImages);
}
