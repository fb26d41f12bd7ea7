import { single } from "./token.js";

/** Counts tokens. Must be linear in the text, whatever the text. */
export interface Tokenizer {
  /** Tokens of `text` for `model`, or a close upper estimate where the model's vocabulary is unknown. */
  count(text: string, model?: string): number;
}

export const Tokenizer = single<Tokenizer>("Tokenizer", { count: "function" });
