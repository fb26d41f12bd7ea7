interface HeadersLike {
  get(name: string): string | null;
}

/**
 * Milliseconds that a provider asks to wait: `retry-after-ms`, or `retry-after` as seconds or as an HTTP date
 * (RFC 9110, 10.2.3). `undefined` where it asks for nothing or writes nonsense.
 */
export function retryAfterMs(headers: unknown, now: number): number | undefined {
  const exact = Number.parseFloat(read(headers, "retry-after-ms") ?? "");
  if (exact >= 0) return wait(exact);
  const value = read(headers, "retry-after")?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return wait(Number(value) * 1_000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Whole milliseconds that are still a number where they are written down: JSON knows no infinity. */
function wait(ms: number): number {
  return Math.min(Math.ceil(ms), Number.MAX_SAFE_INTEGER);
}

function read(headers: unknown, name: string): string | undefined {
  if (typeof headers !== "object" || headers === null) return undefined;
  if (typeof (headers as HeadersLike).get === "function") return (headers as HeadersLike).get(name) ?? undefined;
  const value = (headers as Record<string, unknown>)[name];
  return typeof value === "string" ? value : undefined;
}
