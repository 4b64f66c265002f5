/** Units as MySQL has them (`K`, `M`, `G`, `T`: powers of 1,024), binary ones, and decimal ones. */
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1_024,
  kib: 1_024,
  kb: 1_000,
  m: 1_024 ** 2,
  mib: 1_024 ** 2,
  mb: 1_000 ** 2,
  g: 1_024 ** 3,
  gib: 1_024 ** 3,
  gb: 1_000 ** 3,
  t: 1_024 ** 4,
  tib: 1_024 ** 4,
  tb: 1_000 ** 4,
};

/** How a size may be written, for errors and help. */
export const BYTE_SIZE_SHAPES =
  'a number of bytes of at least 0, a text with a unit such as "500MB" or "2GiB", or "any"';

/** Bytes of a number or of a text with a unit, `Infinity` for `any`; `undefined` if it is neither. */
export function parseByteSize(size: number | string): number | undefined {
  if (typeof size === 'number') return Number.isSafeInteger(size) && size >= 0 ? size : undefined;
  if (/^\s*any\s*$/i.test(size)) return Number.POSITIVE_INFINITY;
  const [, digits, unit = ''] = /^\s*(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]{0,3})\s*$/i.exec(size) ?? [];
  const factor = Object.hasOwn(UNITS, unit.toLowerCase()) ? UNITS[unit.toLowerCase()] : undefined;
  if (digits === undefined || factor === undefined) return undefined;
  const bytes = Math.round(Number(digits) * factor);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
