import { hashVector } from "../fakes/hash-embedder.js";

/** The body of an embeddings answer: hashing vectors, as floats or, as the `openai` client asks, in base64. */
export function embeddingsBody(body: Record<string, unknown>, defaultDimensions: number): Record<string, unknown> {
  const texts = (Array.isArray(body.input) ? body.input : [body.input]).map(String);
  const dimensions = typeof body.dimensions === "number" ? body.dimensions : defaultDimensions;
  const tokens = texts.reduce((sum, text) => sum + Math.max(1, Math.ceil(text.length / 4)), 0);
  return {
    object: "list",
    model: body.model,
    data: texts.map((text, index) => {
      const vector = hashVector(text, dimensions);
      return { object: "embedding", index, embedding: body.encoding_format === "base64" ? toBase64(vector) : vector };
    }),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString("base64");
}
