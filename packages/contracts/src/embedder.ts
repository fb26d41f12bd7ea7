import type { RequestContext } from "./request-context.js";
import { single } from "./token.js";

/** Turns texts into vectors. Plugins do not call it: they use `context.embedder`, which holds budget and journals. */
export interface Embedder {
  /** Names model and revision; vectors of different ids are not comparable. */
  readonly id: string;
  readonly dimensions: number;
  /** What the price list calls it; left out by embedders that cost nothing, such as local ones. */
  readonly priced?: { readonly provider: string; readonly model: string };
  /** One finite vector of `dimensions` numbers for each text, in order. */
  embed(texts: readonly string[], context: RequestContext): Promise<number[][]>;
  /** The same, with what the provider says that it was: asked where there is a price to pay. */
  embedCounted?(texts: readonly string[], context: RequestContext): Promise<Embedding>;
}

export interface Embedding {
  readonly vectors: number[][];
  /** As the provider has counted them; left out where it does not say. */
  readonly inputTokens?: number;
}

export const Embedder = single<Embedder>("Embedder", { id: "string", dimensions: "number", embed: "function" });

/** The application's embedder as plugins see it: bound to one request, paid and recorded like any attempt. */
export interface MeteredEmbedder {
  readonly id: string;
  readonly dimensions: number;
  embed(texts: readonly string[]): Promise<number[][]>;
}
