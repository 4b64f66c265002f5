/**
 * The UTC timestamp `yyyymmddhhmmss` that a migration's name begins with; `undefined` if it
 * begins otherwise, as in `001_init`, which is a fine name too.
 */
export function migrationTimestamp(id: string): string | undefined {
  return /^\d{14}(?!\d)/.exec(id)?.[0];
}

/**
 * The timestamp for a new migration: now, or one second after the newest that exists. A folder may
 * hold one of this very second, or one from a clock that is ahead, and the new one runs last.
 */
export function nextMigrationTimestamp(existing: Iterable<string>, now: Date): string {
  const newest = [...existing].reduce((a, b) => (a > b ? a : b), '');
  const candidate = formatTimestamp(now);
  return candidate > newest ? candidate : oneSecondLater(newest);
}

function oneSecondLater(timestamp: string): string {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(timestamp) ?? [];
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const isDate = !Number.isNaN(date.getTime()) && formatTimestamp(date) === timestamp;
  // Numbers that are not a date, such as 20250000000001, are incremented: 14 digits are exact in a number.
  if (!isDate) return String(Number(timestamp) + 1).padStart(14, '0');
  return formatTimestamp(new Date(date.getTime() + 1000));
}

/** `2025-01-27T12:00:00.000Z` as `20250127120000`. */
function formatTimestamp(date: Date): string {
  return date.toISOString().slice(0, 19).replace(/\D/g, '');
}
