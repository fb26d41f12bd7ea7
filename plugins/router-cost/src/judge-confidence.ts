import type { RequestRecord, RouteDecision } from "@armature/contracts";

/** What another confidence would have chosen for requests that have been routed. */
export interface ConfidenceJudgement {
  /** Requests whose estimates are known: the router did not abstain. */
  readonly requests: number;
  /** How many would have gone to each route. */
  readonly chosen: Readonly<Record<string, number>>;
  /** How many would have gone elsewhere than they did. */
  readonly moved: number;
}

/** Judges a confidence by the estimates in the journal, without sending anything. */
export function judgeConfidence(records: Iterable<RequestRecord>, confidence: number): ConfidenceJudgement {
  const chosen: Record<string, number> = {};
  let requests = 0;
  let moved = 0;
  for (const { state } of records) {
    const route = state.routing ? routeAt(state.routing, confidence) : undefined;
    if (route === undefined) continue;
    requests++;
    chosen[route] = (chosen[route] ?? 0) + 1;
    if (route !== state.routing?.ladder[0]?.route) moved++;
  }
  return { requests, chosen, moved };
}

/** The weakest candidate that could serve and whose estimate reaches the confidence; the strongest when none does. */
function routeAt({ ladder, scores }: RouteDecision, confidence: number): string | undefined {
  const served = new Set(ladder.map((rung) => rung.route));
  const judged = scores.filter((score) => served.has(score.route) && score.estimate !== undefined);
  return (judged.find((score) => score.estimate! >= confidence) ?? judged.at(-1))?.route;
}
