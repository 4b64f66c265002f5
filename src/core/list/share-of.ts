/**
 * `percentage` of `total`, freed of the noise of binary fractions: 1.1 % of 1,000 is 11, whereas plain
 * arithmetic says 11.000000000000002 and rounding up would make it 12.
 */
export function shareOf(total: number, percentage: number): number {
  return Number(((total * percentage) / 100).toFixed(6));
}
