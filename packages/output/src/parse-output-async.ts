import type { JsonObject, JsonValue } from "@armature/contracts";
import type { z } from "zod";
import { type Checked, type Contract, checkLater, contractOf, type OutputSchema } from "./contract.js";
import { parseUnder } from "./parse-output.js";
import type { ParsedOutput, ParseOptions } from "./result.js";
import type { StandardSchema } from "./standard-schema.js";
import { isText } from "./text.js";
import { isZod } from "./zod.js";

/**
 * `parseOutput` for schemas whose checks have to be waited for, such as a refinement that asks a database. Each candidate
 * of the text is checked once.
 */
export async function parseOutputAsync<S extends z.ZodType>(
  text: string,
  schema: S,
  options?: ParseOptions,
): Promise<ParsedOutput<z.output<S>>>;
export async function parseOutputAsync(
  text: string,
  schema: JsonObject,
  options?: ParseOptions,
): Promise<ParsedOutput<JsonValue>>;
export async function parseOutputAsync<T>(
  text: string,
  schema: StandardSchema<T>,
  options?: ParseOptions,
): Promise<ParsedOutput<T>>;
export async function parseOutputAsync(
  text: string,
  schema: OutputSchema,
  options: ParseOptions = {},
): Promise<ParsedOutput<unknown>> {
  const { shape } = contractOf(schema, options.jsonSchema);
  const isProse = isZod(schema) && isText(schema);
  const answers = new Map<string, Checked<unknown>>();
  // Parsing gives the same for the same answers. What is not known yet counts as unfit, is looked up, and all is parsed
  // again: three times at most, for a candidate is checked as coerced and, when that does not fit, as it came.
  for (;;) {
    const open = new Map<string, unknown>();
    const check = (value: unknown): Checked<unknown> => {
      const key = JSON.stringify(value);
      const known = answers.get(key);
      if (known === undefined) open.set(key, value);
      return known ?? { ok: false, issues: [], isOpen: true };
    };
    const contract: Contract = { shape, check, ...(isZod(schema) && { zod: schema }) };
    const result = parseUnder(text, contract, isProse, options);
    if (open.size === 0) return result;
    const asked = [...open].map(async ([key, value]) => answers.set(key, await checkLater(schema, value)));
    await Promise.all(asked);
  }
}
