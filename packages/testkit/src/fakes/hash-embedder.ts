import type { Embedder } from "@armature/contracts";
import { hash32 } from "./seeded-random.js";

export interface HashEmbedderOptions {
  /** 64 by default. */
  readonly dimensions?: number;
}

/** An embedder without a model: texts that share words are near, equal texts are equal, nothing is downloaded. */
export function hashEmbedder(options: HashEmbedderOptions = {}): Embedder {
  const dimensions = options.dimensions ?? 64;
  return {
    id: `hash-${dimensions}`,
    dimensions,
    embed: async (texts) => texts.map((text) => hashVector(text, dimensions)),
  };
}

/** The unit vector of a text's words: each word adds or takes one at three places (feature hashing). */
export function hashVector(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [""];
  for (const word of words) {
    for (let salt = 0; salt < 3; salt++) {
      const hash = hash32(`${salt}:${word}`);
      const place = (hash >>> 1) % dimensions;
      vector[place] = (vector[place] ?? 0) + (hash & 1 ? 1 : -1);
    }
  }
  const length = Math.hypot(...vector);
  // Opposite signs may cancel out altogether; a unit vector is still owed.
  if (length === 0) return vector.map((_, place) => (place === 0 ? 1 : 0));
  return vector.map((value) => value / length);
}
