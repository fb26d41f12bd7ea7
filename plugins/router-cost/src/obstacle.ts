import type { JsonValue, RouteCandidate } from "@armature/contracts";

export interface Spending {
  /** Of the input alone. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Absent where no budget applies. */
  readonly headroomMicroUsd: number | undefined;
  /** Whether the input shows images: only a model with vision reads them. */
  readonly hasImages: boolean;
}

/** Why a candidate cannot serve this request at all; the text stands in the record. */
export function findObstacle(candidate: RouteCandidate, spending: Spending): string | undefined {
  // A half-open breaker lets a probe through, and only traffic can close it again.
  if (candidate.breaker === "open") return "its breaker is open";
  const { contextTokens, vision } = candidate.capabilities;
  if (spending.hasImages && !vision) return "it reads no images";
  if (spending.inputTokens > contextTokens) return `the input does not fit its window of ${contextTokens} tokens`;
  if (spending.headroomMicroUsd === undefined) return undefined;
  const cost = estimateCost(candidate, spending);
  if (cost === undefined) return "its price is unknown and a budget applies";
  if (cost > spending.headroomMicroUsd) {
    return `about ${cost} micro-dollars, over the headroom of ${spending.headroomMicroUsd}`;
  }
  return undefined;
}

/** Integer micro-dollars, rounded up; prices are for a thousand tokens. */
export function estimateCost({ price }: RouteCandidate, spending: Spending): number | undefined {
  if (!price) return undefined;
  const { inputTokens, outputTokens } = spending;
  return Math.ceil((inputTokens * price.inputMicroUsd + outputTokens * price.outputMicroUsd) / 1000);
}

/** Whether a part of a message with an image stands anywhere in the input. */
export function hasImages(input: JsonValue): boolean {
  if (input === null || typeof input !== "object") return false;
  if (Array.isArray(input)) return input.some(hasImages);
  if (input.type === "image_url") return true;
  return Object.values(input).some(hasImages);
}
