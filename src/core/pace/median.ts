/** The middle value, or the lower of the two middle ones; `undefined` for none. */
export function median(values: readonly number[]): number | undefined {
  return [...values].sort((one, other) => one - other)[Math.floor((values.length - 1) / 2)];
}
