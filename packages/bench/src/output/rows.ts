import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject, JsonValue } from "@armature/contracts";

/** What a row expects of one argument: any of these, where `""` also lets it be absent. */
export type Accepted = Readonly<Record<string, readonly JsonValue[]>>;

/** One model output and what is expected of it. */
export interface Row {
  readonly source: string;
  readonly id: string;
  readonly raw: string;
  readonly schema?: JsonObject;
  /** Of rows with `accept`: whether the arguments are wanted, or the call with its name. */
  readonly kind?: "call" | "args";
  readonly fn?: string;
  readonly accept?: Accepted;
  readonly expected?: JsonValue;
  /** It must be refused. */
  readonly reject?: boolean;
  /** `nullish`: absent and null are alike. */
  readonly compare?: string;
  readonly tags?: readonly string[];
  /** How many other parsers read the expected value from it. */
  readonly agree?: number;
}

/** The rows of one file of JSON lines; none where there is no such file. */
export function readRows(folder: string, file: string): Row[] {
  const path = join(folder, file);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Row);
}

/** The JSON Schema that the value of a row must satisfy. */
export function jsonSchemaOf(row: Row): JsonObject | undefined {
  if (row.schema === undefined || row.kind !== "call") return row.schema;
  const properties = { name: { enum: [row.fn ?? ""] }, arguments: row.schema };
  return { type: "object", properties, required: ["name", "arguments"] };
}
