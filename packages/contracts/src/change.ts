import type { JsonPath, JsonValue } from "./json.js";
import type { Span } from "./span.js";

/**
 * One difference between the model's text and the value made of it.
 *
 * - `lossless`: only one value is possible (a trailing comma, a fence);
 * - `coercion`: the schema decides (`"42"` where a number is asked for);
 * - `redaction`: an output guard took something out.
 *
 * A change that would need a guess is never made; it is reported as an issue.
 */
export interface Change {
  readonly kind: string;
  readonly class: "lossless" | "coercion" | "redaction";
  readonly path: JsonPath;
  readonly span?: Span;
  readonly before: JsonValue;
  readonly after: JsonValue;
}
