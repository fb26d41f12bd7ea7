import type { JsonObject } from "@armature/contracts";

/** What a validator of any library offers, as https://standardschema.dev says: as much of it as is used here. */
export interface StandardSchema<Output = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
    /** The JSON Schema of what the validator takes, of libraries that can say it. */
    readonly jsonSchema?: { readonly input: (options: { readonly target: "draft-2020-12" }) => object };
  };
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export function isStandardSchema(schema: object): schema is StandardSchema {
  return "~standard" in schema;
}

/** The JSON Schema that a validator says of itself; undefined where its library does not, or cannot for this one. */
export function jsonSchemaOf(schema: StandardSchema): JsonObject | undefined {
  try {
    return schema["~standard"].jsonSchema?.input({ target: "draft-2020-12" }) as JsonObject | undefined;
  } catch {
    return undefined;
  }
}
