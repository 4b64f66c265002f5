const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `1234567` as `1,234,567`. */
export function formatCount(value: number): string {
  return GROUPED.format(value);
}
