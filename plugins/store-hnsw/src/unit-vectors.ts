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
    const length = Math.hypot(...chunksOf(vector));
    if (!Number.isFinite(length)) throw fault("a vector with a component that is not a finite number");
    // A vector of zeros points nowhere; it stays, at similarity zero to everything.
    vector.forEach((component, i) => {
      result[row * dimensions + i] = length === 0 ? 0 : component / length;
    });
  });
  return result;
}

// `Math.hypot` takes its numbers as arguments, whose count is bounded; so it gets the norms of slices.
function chunksOf(vector: readonly number[]): number[] {
  const norms: number[] = [];
  for (let i = 0; i < vector.length; i += 1024) norms.push(Math.hypot(...vector.slice(i, i + 1024)));
  return norms;
}

function fault(what: string): ArmatureError {
  return new ArmatureError("PLUGIN_FAILED", `The embedder returned ${what}: nothing was stored or searched.`);
}
