import type { JsonValue, MemoryItem, Message, Passage } from "@armature/contracts";

/**
 * What the frame itself provides to every prompt, whatever the input:
 *
 * - `input`: the whole input as JSON text;
 * - `passages`: what was retrieved, each with `id`, `documentId`, `text`, `score`, `store`, `metadata`;
 * - `memories`: what was recalled, each with `id`, `kind`, `text` and `messages` (each with `role` and `text`);
 * - `schema`: the output's JSON Schema as text.
 */
export const RESERVED_VARIABLES = ["input", "passages", "memories", "schema"] as const;

export interface FrameParts {
  readonly passages?: readonly Passage[];
  readonly memories?: readonly MemoryItem[];
  /** JSON Schema of the output. */
  readonly schema?: JsonValue;
}

/** The variables of one request: the input's own fields under their names, and the reserved ones over them. */
export function frameVariables(input: JsonValue, parts: FrameParts = {}): { [name: string]: unknown } {
  const fields = typeof input === "object" && input !== null && !Array.isArray(input) ? input : {};
  return {
    ...fields,
    // Most templates name neither of the two texts.
    get input() {
      return JSON.stringify(input);
    },
    passages: parts.passages ?? [],
    memories: (parts.memories ?? []).map(toVariable),
    get schema() {
      return parts.schema === undefined ? "" : JSON.stringify(parts.schema);
    },
  };
}

function toVariable(item: MemoryItem) {
  const messages = item.messages.map((message) => ({ role: message.role, text: textOf(message) }));
  return {
    id: item.id,
    kind: item.kind,
    text: messages.map(({ role, text }) => `${role}: ${text}`).join("\n"),
    messages,
  };
}

function textOf({ content }: Message): string {
  if (typeof content === "string") return content;
  return content.map((part) => (part.type === "text" ? part.text : "[image]")).join("\n");
}
