import { format } from 'mysql2';

/** A place of an SQL text into which the driver puts a binding. */
export interface Placeholder {
  readonly start: number;
  readonly end: number;
}

/**
 * The places that the driver fills with so many bindings, in their order. The driver itself is asked:
 * which question marks count (not those in strings and comments, as it reads them whatever the
 * `sql_mode`; not three in a row) is its own rule, which an update of it may change.
 */
export function placeholdersIn(sql: string, bindings: number): Placeholder[] {
  if (bindings === 0 || !sql.includes('?')) return [];
  const mark = unusedMark(sql);
  // The mark stands for the value, written as a value (`?`) or as a name (`??`).
  const value = { toSqlString: () => mark, toString: () => mark };
  const pieces = format(sql, Array<typeof value>(bindings).fill(value)).split(mark);
  const placeholders: Placeholder[] = [];
  let start = 0;
  let behindName = 0;
  for (const piece of pieces.slice(0, -1)) {
    start += piece.length - behindName;
    // A name stands in backquotes, where the text has the first of its two question marks.
    const isName = piece.length > behindName && sql[start - 1] !== piece.at(-1);
    behindName = isName ? 1 : 0;
    start -= behindName;
    const end = start + 1 + behindName;
    placeholders.push({ start, end });
    start = end;
  }
  return placeholders;
}

function unusedMark(sql: string): string {
  for (let count = 0; ; count++) {
    const mark = `\u0001${count}\u0002`;
    if (!sql.includes(mark)) return mark;
  }
}
