/** How much of each side of a range is shown, as a power of its factor: 1 for all of it. */
export interface RangeScale {
  readonly low: number;
  readonly high: number;
}
