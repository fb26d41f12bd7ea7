import type { JsonPath, JsonValue } from "./json.js";
import type { Span } from "./span.js";

/** One thing that is wrong with a value: with the input, the model's output, or a tool's arguments. */
export interface Issue {
  /** What kind of wrong: `invalid_type`, `truncated`, `ungrounded`, `ambiguous` ... */
  readonly kind: string;
  readonly path: JsonPath;
  readonly message: string;
  /** Where in the model's text, when the place is known. */
  readonly span?: Span;
  readonly expected?: string;
  readonly received?: JsonValue;
}
