import { UsageError } from "./usage-error.js";

/** The number behind an option; absent where the option is. */
export function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text);
  throw new UsageError(`--${option} takes a whole number from 1, not "${text}".`);
}

/** Dollars. */
export function dollars(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new UsageError(`--${option} takes an amount of dollars such as 2.50, not "${text}".`);
}

const UNITS: { readonly [unit: string]: number } = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A point in time, as `7d`, `12h`, `30m` before now or as a date. Epoch milliseconds. */
export function pointInTime(option: string, text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const ago = /^(\d+)([mhd])$/.exec(text);
  if (ago) return now - Number(ago[1]) * UNITS[ago[2]!]!;
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw new UsageError(`--${option} takes a time such as 7d, 12h or 2026-01-31, not "${text}".`);
}
