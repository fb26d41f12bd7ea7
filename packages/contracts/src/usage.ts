/** Tokens of one attempt as the provider counts them. Details are parts of their total, not additions to it. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Part of `inputTokens` that was read from the provider's prompt cache. */
  readonly cachedInputTokens?: number;
  /** Part of `inputTokens` that was written to the provider's prompt cache. */
  readonly cacheWriteTokens?: number;
  /** Part of `outputTokens` that was spent on reasoning. */
  readonly reasoningTokens?: number;
  /** The service tier that the provider says it served, where it says so: `flex`, `priority`, ... */
  readonly serviceTier?: string;
}
