import { hash } from "node:crypto";
import { canonicalJson } from "./canonical-json.js";

/** SHA-256 (hexadecimal) over the canonical JSON of a value. */
export function sha256(value: unknown): string {
  return hash("sha256", canonicalJson(value));
}
