import { ArmatureError } from "@armature/contracts";

/** What the embedder gave for one text, checked and scaled to length one. Throws `PLUGIN_FAILED`. */
export function unitVector(vectors: readonly (readonly number[])[], dimensions: number): Float32Array {
  const [vector] = vectors;
  if (vectors.length !== 1 || !vector) throw fault(`${vectors.length} vectors for one text`);
  if (vector.length !== dimensions) throw fault(`${vector.length} numbers where ${dimensions} were due`);
  const length = Math.hypot(...vector);
  if (!Number.isFinite(length)) throw fault("a number that is not finite");
  // A vector of zeros points nowhere: it stays, near to nothing.
  return Float32Array.from(vector, (component) => (length === 0 ? 0 : component / length));
}

function fault(what: string): ArmatureError {
  return new ArmatureError("PLUGIN_FAILED", `The embedder returned ${what}: the semantic cache was not used.`, {
    plugin: "cache-semantic",
  });
}
