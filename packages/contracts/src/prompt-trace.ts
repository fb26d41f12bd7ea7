/** Which prompt was rendered, and into what. */
export interface PromptTrace {
  readonly name: string;
  /** Semantic version. */
  readonly version: string;
  /** Of the effective form: template, partials, schemas, tools, parameters. */
  readonly hash: string;
  /** Of the rendered messages. */
  readonly renderedHash: string;
  /** Tokens of the rendered messages. */
  readonly tokens: number;
  readonly parameters: {
    readonly temperature?: number;
    readonly topP?: number;
    readonly seed?: number;
    readonly stop?: readonly string[];
    readonly maxOutputTokens?: number;
  };
}
