import { format } from 'mysql2';

/** A place in an SQL text into which the driver inserts a binding. */
export interface Placeholder {
  readonly start: number;
  readonly end: number;
}

/**
 * The places that the driver fills with the given number of bindings, in order. The driver itself
 * determines them, because its rule may change with an update: it skips question marks in strings and
 * comments (as it reads them, regardless of `sql_mode`) and three in a row.
 */
export function placeholdersIn(sql: string, bindings: number): Placeholder[] {
  if (bindings === 0 || !sql.includes('?')) return [];
  const mark = unusedMark(sql);
  // The mark replaces the binding, formatted as a value (`?`) or as a name (`??`).
  const value = { toSqlString: () => mark, toString: () => mark };
  const pieces = format(sql, Array<typeof value>(bindings).fill(value)).split(mark);
  const placeholders: Placeholder[] = [];
  let start = 0;
  let nameOffset = 0;
  for (const piece of pieces.slice(0, -1)) {
    start += piece.length - nameOffset;
    // A name is in backquotes, which begin at the first of its two question marks.
    const isName = piece.length > nameOffset && sql[start - 1] !== piece.at(-1);
    nameOffset = isName ? 1 : 0;
    start -= nameOffset;
    const end = start + 1 + nameOffset;
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
