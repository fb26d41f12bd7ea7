import type { JsonObject } from "./json.js";

/** What an application puts into a document store. `id` is unique inside a tenant; adding it again replaces it. */
export interface Document {
  readonly id: string;
  readonly text: string;
  readonly metadata?: JsonObject;
}
