import { hashVector } from "../fakes/hash-embedder.js";
import type { EmbeddingFault, EmbeddingRequest } from "./embedding-fault.js";

/** Reads a body; `undefined` when it is not an embeddings request. */
export function readEmbeddingRequest(body: unknown): EmbeddingRequest | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const fields = body as Record<string, unknown>;
  const { model, input } = fields;
  if (typeof model !== "string" || (typeof input !== "string" && !Array.isArray(input))) return undefined;
  return { model, texts: (Array.isArray(input) ? input : [input]).map(String), body: fields };
}

/** The body of an embeddings answer: hashing vectors, as floats or, as the `openai` client asks, in base64. */
export function embeddingsBody(
  { model, texts, body }: EmbeddingRequest,
  defaultDimensions: number,
  fault?: EmbeddingFault,
): Record<string, unknown> {
  const dimensions = typeof body.dimensions === "number" ? body.dimensions : defaultDimensions;
  const tokens = texts.reduce((sum, text) => sum + Math.max(1, Math.ceil(text.length / 4)), 0);
  const data = texts.map((text, index) => {
    const vector = spoilVector(hashVector(text, dimensions), fault);
    return { object: "embedding", index, embedding: body.encoding_format === "base64" ? toBase64(vector) : vector };
  });
  if (fault?.kind === "missing_vector") data.pop();
  if (fault?.kind === "reversed") data.reverse();
  return { object: "list", model, data, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

function spoilVector(vector: readonly number[], fault: EmbeddingFault | undefined): (number | null)[] {
  if (fault?.kind === "wrong_dimensions") return vector.slice(1);
  if (fault?.kind === "null_component") return [null, ...vector.slice(1)];
  return [...vector];
}

function toBase64(vector: readonly (number | null)[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value ?? Number.NaN, index * 4);
  return bytes.toString("base64");
}
