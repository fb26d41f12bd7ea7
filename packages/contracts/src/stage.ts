/** The stages of a request in the order of the table; `tools` and `repair` are visited only when needed. */
export const STAGES = ["route", "retrieve", "prompt", "call", "tools", "validate", "repair", "log"] as const;

export type Stage = (typeof STAGES)[number];
