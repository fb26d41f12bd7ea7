import type { JsonValue } from "@armature/contracts";
import type { Accepted } from "./rows.js";

/**
 * Whether arguments are right by the rule of the Berkeley function calling leaderboard: each equals one of its accepted
 * values, none is strange, and one may be absent (or null) where `""` is accepted. Texts are compared without case,
 * spaces and `,./-_*^`, and with one kind of quotes.
 */
export function accepts(accept: Accepted, args: JsonValue | undefined): boolean {
  if (typeof args !== "object" || args === null || Array.isArray(args)) return false;
  const areKnown = Object.keys(args).every((name) => args[name] === null || Object.hasOwn(accept, name));
  return areKnown && Object.entries(accept).every(([name, values]) => isAccepted(values, args[name] ?? null));
}

function isAccepted(values: readonly JsonValue[], found: JsonValue): boolean {
  if (found === null) return values.some((value) => value === "" || value === null);
  return values.some((value) => matches(value, found));
}

/** An accepted object lists the accepted values of each of its members, at every depth. */
function matches(wanted: JsonValue, found: JsonValue): boolean {
  if (typeof wanted === "string" && typeof found === "string") return standard(wanted) === standard(found);
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || wanted.length !== found.length) return false;
    return wanted.every((item, index) => matches(item, found[index]!));
  }
  if (typeof wanted !== "object" || wanted === null) return wanted === found;
  const members = Object.fromEntries(
    Object.entries(wanted).map(([name, values]) => [name, Array.isArray(values) ? values : [values]]),
  );
  return accepts(members, found);
}

function standard(text: string): string {
  return text
    .replace(/[ ,./\-_*^]/g, "")
    .toLowerCase()
    .replaceAll("'", '"');
}
