/** A value of an answer as a number; `undefined` if it is NULL, empty or none. */
export function numberOf(value: unknown): number | undefined {
  const number = value === null || value === undefined || value === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
}
