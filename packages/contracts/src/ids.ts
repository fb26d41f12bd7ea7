import { single } from "./token.js";

/** Names for requests and attempts. */
export interface Ids {
  /** A new id, unique everywhere, that sorts by time of creation. */
  next(): string;
}

export const Ids = single<Ids>("Ids", { next: "function" });
