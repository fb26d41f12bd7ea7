/** Whose traces are to be removed. Every field that is given must match exactly. */
export interface ErasureScope {
  readonly tenant: string;
  readonly user?: string;
  readonly thread?: string;
}

/** What went: counts by kind (`documents`, `vectors`, `turns`, `entries`, `records`). */
export interface ErasureReceipt {
  readonly from: string;
  readonly removed: { readonly [kind: string]: number };
}
