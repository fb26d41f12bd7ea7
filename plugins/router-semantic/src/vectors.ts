import { ArmatureError } from "@armature/contracts";

/** What the embedder gave for `count` texts, checked and scaled to length 1. Throws `PLUGIN_FAILED`. */
export function unitVectors(
  vectors: readonly (readonly number[])[],
  count: number,
  dimensions: number,
): (readonly number[])[] {
  if (vectors.length !== count) throw fault(`${vectors.length} vectors for ${count} texts`);
  return vectors.map((vector) => {
    if (vector.length !== dimensions) throw fault(`${vector.length} numbers where ${dimensions} were due`);
    const length = Math.hypot(...vector);
    if (!Number.isFinite(length)) throw fault("a number that is not finite");
    // A vector of zeros points nowhere: it stays, near to nothing.
    return length === 0 ? vector : vector.map((value) => value / length);
  });
}

function fault(what: string): ArmatureError {
  return new ArmatureError("PLUGIN_FAILED", `The embedder returned ${what}: nothing can be routed by it.`, {
    plugin: "router-semantic",
  });
}

/** Cosine of two vectors of length 1. */
function cosine(left: readonly number[], right: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += left[index]! * (right[index] ?? 0);
  return sum;
}

const NEAREST = 3;

/** How near a text is to a set of examples: the mean of its three greatest cosines, or of as many as there are. */
export function nearness(vector: readonly number[], examples: readonly (readonly number[])[]): number {
  const nearest = examples
    .map((example) => cosine(vector, example))
    .sort((a, b) => b - a)
    .slice(0, NEAREST);
  return nearest.length === 0 ? -1 : nearest.reduce((sum, one) => sum + one, 0) / nearest.length;
}
