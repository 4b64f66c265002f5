/** Made when it is needed: it takes longer than most modules of a function take to load. */
let grouped: Intl.NumberFormat | undefined;

/** `1234567` as `1,234,567`. */
export function formatCount(value: number): string {
  grouped ??= new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
  return grouped.format(value);
}
