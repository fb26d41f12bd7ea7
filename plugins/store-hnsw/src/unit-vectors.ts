import { ArmatureError } from "@armature/contracts";

/**
 * What an embedder returned, checked and scaled to length one, one vector after the other. hnswlib itself would take
 * a wrong dimension and NaN without a word. Throws `PLUGIN_FAILED`.
 */
export function unitVectors(vectors: readonly (readonly number[])[], count: number, dimensions: number): Float32Array {
  if (vectors.length !== count) throw fault(`${vectors.length} vectors for ${count} texts`);
  const result = new Float32Array(count * dimensions);
  vectors.forEach((vector, row) => {
    if (vector.length !== dimensions) throw fault(`a vector of ${vector.length} instead of ${dimensions} dimensions`);
    const length = norm(vector);
    if (!Number.isFinite(length)) throw fault("a vector with a component that is not a finite number");
    // A vector of zeros points nowhere; it stays, at similarity zero to everything.
    vector.forEach((component, i) => {
      result[row * dimensions + i] = length === 0 ? 0 : component / length;
    });
  });
  return result;
}

/** Euclidean norm, scaled by the largest component so that no square overflows. NaN or infinite where a component is. */
function norm(vector: readonly number[]): number {
  let largest = 0;
  for (const component of vector) largest = Math.max(largest, Math.abs(component));
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  let sum = 0;
  for (const component of vector) sum += (component / largest) ** 2;
  return largest * Math.sqrt(sum);
}

function fault(what: string): ArmatureError {
  return new ArmatureError("PLUGIN_FAILED", `The embedder returned ${what}: nothing was stored or searched.`);
}
