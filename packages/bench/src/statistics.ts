/** The value below which the share `p` (0 to 1) of the values lies, by nearest rank; NaN of none. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** To three decimals: what is printed and what is compared are one number. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
