/** What is kept of a content: all of it; a salted hash and a size in its place; or nothing in its place. */
export type ContentLevel = "full" | "hashes" | "none";

/**
 * The kinds of content in a record: what somebody wrote, a model said, or a program said about either. Identities, names
 * of the application's own parts, numbers, times and costs are no content and always stay.
 */
export const CONTENT_FIELDS = [
  /** The request's input. */
  "input",
  /** The query, and the texts and metadata of passages. */
  "passages",
  "memories",
  /** Prompt variables and the rendered messages, tool turns and re-asks included. */
  "prompt",
  /** What models said: texts, refusals, tool calls. */
  "answers",
  /** What tools were asked and returned. */
  "tools",
  /** The candidate and the accepted value. */
  "value",
  /** Before and after of every change. */
  "changes",
  /** Messages and received values of issues. */
  "issues",
  /** Object keys in the paths of changes, issues and findings. */
  "paths",
  /** Messages of failures and faults, reasons of guards, stores and routers, what was given up. */
  "messages",
  /** Random values and times that a replay serves again. */
  "effects",
  /** Comments of feedback. */
  "feedback",
  /** Fields that plugins have added to the state. */
  "extensions",
] as const;

export type ContentField = (typeof CONTENT_FIELDS)[number];

/** One level for everything, or a level for each field; `default` stands for those that are not named. */
export type ContentPolicy =
  | ContentLevel
  | ({ readonly default: ContentLevel } & { readonly [field in ContentField]?: ContentLevel });
