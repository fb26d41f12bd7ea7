import type { Answer } from "@armature/contracts";

/**
 * Whether two answers say the same: equal JSON, whatever the order of its keys and its white space; otherwise the same
 * words; and the same tool calls. It is strict on purpose: prose that says the same in other words does not count.
 */
export function sameAnswer(earlier: Answer, now: Answer): boolean {
  return (
    canonical(earlier.text) === canonical(now.text) &&
    earlier.toolCalls.length === now.toolCalls.length &&
    earlier.toolCalls.every(({ name, argumentsText }, index) => {
      const other = now.toolCalls[index];
      return other?.name === name && canonical(other.argumentsText) === canonical(argumentsText);
    })
  );
}

function canonical(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), sortKeys);
  } catch {
    return text.trim().replace(/\s+/g, " ").toLowerCase();
  }
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
