import type { RequestRecord } from "@armature/contracts";

/** The text of one version of a prompt, and of the version before it. */
export interface PromptTexts {
  readonly text: string;
  readonly previous?: { readonly version: string; readonly text: string };
}

export interface ExplainOptions {
  /** Looks up a prompt version's text and its predecessor's; the record itself only has its hash. */
  readonly promptTexts?: (name: string, version: string) => PromptTexts | undefined;
}

/** What the prompt of a record says otherwise than the version before it. */
export interface PromptDifference {
  readonly previous: string;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

export function promptDifference(record: RequestRecord, options: ExplainOptions): PromptDifference | undefined {
  const { rendering } = record.state;
  const texts = rendering && options.promptTexts?.(rendering.name, rendering.version);
  if (!texts?.previous) return undefined;
  const before = texts.previous.text.split("\n");
  const after = texts.text.split("\n");
  return { previous: texts.previous.version, removed: without(before, after), added: without(after, before) };
}

/** The lines that stand in `lines` more often than in `others`. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0 && line.trim() !== "";
  });
}
