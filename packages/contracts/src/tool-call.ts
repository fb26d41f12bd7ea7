/** A model's request to run a tool. The arguments stay the text that the model wrote until they are validated. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly argumentsText: string;
}
