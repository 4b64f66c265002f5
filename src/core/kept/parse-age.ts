const HOUR_MS = 3_600_000;
const UNITS: Readonly<Record<string, number>> = {
  h: HOUR_MS,
  d: 24 * HOUR_MS,
  w: 7 * 24 * HOUR_MS,
};

/** How an age may be written, for errors and help. */
export const AGE_SHAPES = 'a number of hours, days or weeks such as 12h, 30d or 4w';

/** Milliseconds of an age such as `30d`; `undefined` if the text is none. */
export function parseAge(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,5})([hdw])$/.exec(text.trim()) ?? [];
  const factor = UNITS[unit ?? ''];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}
