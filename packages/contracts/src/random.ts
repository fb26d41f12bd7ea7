import { single } from "./token.js";

/** Chance, so that tests and replays can hold it. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

export const Random = single<Random>("Random", { next: "function" });
