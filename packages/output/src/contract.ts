import { ArmatureError, describeCause, type Issue, type JsonObject, type JsonPath } from "@armature/contracts";
import { z } from "zod";
import { type Shape, shapeOf } from "./coerce/shape.js";
import { fromJsonSchema } from "./json-schema.js";
import { assertReachable } from "./sourced.js";
import { isStandardSchema, jsonSchemaOf, type StandardIssue, type StandardSchema } from "./standard-schema.js";
import { isZod } from "./zod.js";
import { zodIssues } from "./zod-issues.js";

/** What an answer is held against: a zod schema, a validator of another library, or a JSON Schema. */
export type OutputSchema = z.ZodType | StandardSchema | JsonObject;

/** An issue of a validator, before its place in the text is known. */
export interface SchemaIssue {
  readonly kind: string;
  readonly path: JsonPath;
  readonly message: string;
  readonly expected?: string;
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly issues: readonly SchemaIssue[];
      /** The answer is not known yet; until then the value counts as unfit. */
      readonly isOpen?: true;
    };

/** A schema of any kind, as far as parsing needs it. */
export interface Contract<T = unknown> {
  /** What coercion goes by. An empty one leaves everything as it is. */
  readonly shape: Shape;
  readonly check: (value: unknown) => Checked<T>;
  /** Of zod schemas: sourced fields are found in it. */
  readonly zod?: z.ZodType;
}

const contracts = new WeakMap<object, Contract>();

/**
 * The contract that a schema makes, made once.
 *
 * @param jsonSchema the shape of a validator that has no JSON Schema of its own
 */
export function contractOf(schema: OutputSchema, jsonSchema?: JsonObject): Contract {
  const known = contracts.get(schema);
  if (known !== undefined && jsonSchema === undefined) return known;
  const contract = makeContract(schema, jsonSchema);
  if (jsonSchema === undefined) contracts.set(schema, contract);
  return contract;
}

function makeContract(schema: OutputSchema, jsonSchema: JsonObject | undefined): Contract {
  if (isZod(schema)) {
    const contract = { shape: shapeOf(schema), check: (value: unknown) => checkZod(schema, value), zod: schema };
    assertReachable(schema);
    return contract;
  }
  if (isStandardSchema(schema)) {
    const shape = (jsonSchema ?? jsonSchemaOf(schema) ?? {}) as Shape;
    return { shape, check: (value) => checkStandard(schema, value) };
  }
  const { plain, zod } = fromJsonSchema(schema);
  return { shape: plain as Shape, check: (value) => checkZod(zod, value) };
}

function checkZod(schema: z.ZodType, value: unknown): Checked<unknown> {
  try {
    const parsed = schema.safeParse(value);
    return parsed.success ? { ok: true, value: parsed.data } : { ok: false, issues: zodIssues(parsed.error.issues) };
  } catch (cause) {
    return cause instanceof z.core.$ZodAsyncError ? throwWaits(cause) : failed(cause);
  }
}

function checkStandard(schema: StandardSchema, value: unknown): Checked<unknown> {
  let result: ReturnType<StandardSchema["~standard"]["validate"]>;
  try {
    result = schema["~standard"].validate(value);
  } catch (cause) {
    return failed(cause);
  }
  if (result instanceof Promise) {
    result.catch(() => undefined);
    throwWaits();
  }
  return result.issues === undefined
    ? { ok: true, value: result.value }
    : { ok: false, issues: standardIssues(result.issues) };
}

/** A value on which a refinement or transform throws is one that the schema does not take. */
function failed(cause: unknown): Checked<unknown> {
  if (ArmatureError.isInstance(cause)) throw cause;
  return {
    ok: false,
    issues: [{ kind: "custom", path: [], message: `The schema's own code failed: ${describeCause(cause)?.message}` }],
  };
}

function throwWaits(cause?: unknown): never {
  const message =
    "The output schema has checks that have to be waited for. Call parseOutputAsync instead of parseOutput.";
  throw new ArmatureError("CONFIG_INVALID", message, { cause });
}

/** The same question, answered later. */
export async function checkLater(schema: OutputSchema, value: unknown): Promise<Checked<unknown>> {
  try {
    if (isZod(schema)) {
      const parsed = await schema.safeParseAsync(value);
      return parsed.success ? { ok: true, value: parsed.data } : { ok: false, issues: zodIssues(parsed.error.issues) };
    }
    if (!isStandardSchema(schema)) return contractOf(schema).check(value);
    const result = await schema["~standard"].validate(value);
    return result.issues === undefined
      ? { ok: true, value: result.value }
      : { ok: false, issues: standardIssues(result.issues) };
  } catch (cause) {
    return failed(cause);
  }
}

function standardIssues(issues: readonly StandardIssue[]): SchemaIssue[] {
  if (issues.length === 0) return [{ kind: "invalid", path: [], message: "The schema does not take this value" }];
  return issues.map(({ message, path = [] }) => {
    const keys = path.map((part) => (typeof part === "object" ? part.key : part));
    return { kind: "invalid", path: keys.map((key) => (typeof key === "number" ? key : String(key))), message };
  });
}

/** Issues of the answer as a whole, of a schema that takes texts. */
export function wholeIssues(issues: readonly SchemaIssue[]): Issue[] {
  return issues.map(({ kind, message }) => ({ kind, path: [], message }));
}
