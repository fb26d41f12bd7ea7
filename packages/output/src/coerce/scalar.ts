import type { JsonValue } from "@armature/contracts";
import { numberLoss } from "../scan/bare.js";
import { spelled } from "./spelling.js";

export type CoercionKind =
  | "number_from_text"
  | "boolean_from_text"
  | "null_from_text"
  | "text_from_number"
  | "enum_spelling"
  | "enum_alias"
  | "list_of_one"
  | "list_from_text"
  | "date_from_text"
  | "key_spelling"
  | "key_alias"
  | "null_as_absent"
  | "embedded_json"
  | "double_encoded";

export interface ScalarCoercion {
  readonly kind: CoercionKind;
  readonly json: JsonValue;
}

const PLAIN = /^[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;
const GROUPED = /^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/;

/**
 * The number that a text spells. A single group of thousands without decimals (`1,234`) is 1234 only where an integer
 * is asked for: elsewhere the comma may be a decimal one. Leading zeros, units, signs of currency and percent are not
 * read, for they would be dropped.
 */
export function numberFrom(text: string, integer: boolean): ScalarCoercion | undefined {
  const word = text.trim();
  const grouped = GROUPED.test(word);
  if (!PLAIN.test(word) && !grouped) return undefined;
  if (grouped && !integer && !word.includes(".") && word.split(",").length === 2) return undefined;
  const plain = word.replaceAll(",", "");
  const json = Number(plain);
  if (numberLoss(plain) !== undefined || (integer && !Number.isInteger(json))) return undefined;
  return { kind: "number_from_text", json: json === 0 ? 0 : json };
}

/** Whether commas group the digits of a text. */
export function isGrouped(text: string): boolean {
  return GROUPED.test(text.trim());
}

const ISO_DATE = /^\d{4}-\d\d-\d\d(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)))?$/i;

/**
 * The date that an ISO 8601 text names, as `Date.toJSON` writes it. A time of day without its zone names none; a day
 * alone is its midnight in UTC, as in ECMAScript.
 */
export function dateFrom(text: string): ScalarCoercion | undefined {
  const word = text.trim();
  if (!ISO_DATE.test(word)) return undefined;
  const date = new Date(word.replace(" ", "T").replace(/([+-]\d\d)(\d\d)$/, word.length > 10 ? "$1:$2" : "$&"));
  const isReal = !Number.isNaN(date.getTime()) && isDay(word.slice(0, 10));
  return isReal ? { kind: "date_from_text", json: date.toJSON() } : undefined;
}

/** Whether a day is in the calendar: `Date` takes February 30th for March 2nd. */
function isDay(day: string): boolean {
  const date = new Date(day);
  return !Number.isNaN(date.getTime()) && date.toJSON().startsWith(day);
}

export function booleanFrom(text: string): ScalarCoercion | undefined {
  const word = text.trim().toLowerCase();
  return word === "true" || word === "false" ? { kind: "boolean_from_text", json: word === "true" } : undefined;
}

export function nullFrom(text: string): ScalarCoercion | undefined {
  return /^\s*(?:null|None)\s*$/.test(text) ? { kind: "null_from_text", json: null } : undefined;
}

/**
 * The one member of `allowed` that `text` spells or is another name of.
 *
 * @param aliases the other names, by member
 */
export function memberFrom(
  text: string,
  allowed: readonly JsonValue[],
  aliases: readonly (readonly [member: string, names: readonly string[]])[] = [],
): ScalarCoercion | undefined {
  const others = aliases.filter(([member]) => allowed.includes(member));
  const named = spelled(
    text,
    others.flatMap(([member, names]) => names.map((name) => [name, member] as const)),
  );
  if (named !== undefined) return { kind: "enum_alias", json: named };
  const texts = allowed.filter((value) => typeof value === "string");
  const found = spelled(
    text,
    texts.map((value) => [value, value] as const),
  );
  if (found !== undefined) return { kind: "enum_spelling", json: found };
  for (const value of allowed) {
    if (typeof value === "number" && numberFrom(text, false)?.json === value)
      return { kind: "number_from_text", json: value };
    if (typeof value === "boolean" && booleanFrom(text)?.json === value)
      return { kind: "boolean_from_text", json: value };
  }
  return undefined;
}
