import type { Tokenizer } from "@armature/contracts";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";

/** Counts with the o200k vocabulary: exact for current OpenAI models, a close estimate for others. Linear in the text. */
export const defaultTokenizer: Tokenizer = {
  count: (text) => countTokens(text),
};
