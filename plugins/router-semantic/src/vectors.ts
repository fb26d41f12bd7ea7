/** The same direction with length 1; a vector of zeros stays as it is. */
export function toUnit(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  return length === 0 ? [...vector] : vector.map((value) => value / length);
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
