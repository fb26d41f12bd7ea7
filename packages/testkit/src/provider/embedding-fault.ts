import type { ProtocolFault, TransportFault } from "./fault.js";

/** One way in which an embeddings endpoint misbehaves. Of the first two groups, what concerns streams is no fault here. */
export type EmbeddingFault = TransportFault | ProtocolFault | VectorFault;

/** The answer is in order, its vectors are not. */
export type VectorFault =
  /** Every vector is one number short. */
  | { readonly kind: "wrong_dimensions" }
  /** The last text has no vector. */
  | { readonly kind: "missing_vector" }
  /** The rows come in reverse; their `index` is right. */
  | { readonly kind: "reversed" }
  /** The first number of every vector is `null`, as JSON writes NaN. */
  | { readonly kind: "null_component" };

/** One embeddings request as it arrived. */
export interface EmbeddingRequest {
  readonly model: string;
  readonly texts: readonly string[];
  /** The body, parsed and otherwise untouched. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Decides the fault of one embeddings request. `attemptNumber` counts those for that model, 1 for the first. */
export type EmbeddingFaultSource = (request: EmbeddingRequest, attemptNumber: number) => EmbeddingFault | undefined;
