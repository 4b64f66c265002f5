import type { SqlMode } from './sql-mode.ts';

/**
 * The end of the string or quoted name that begins with the quote at `at`. A doubled quote is part of it,
 * and in a string also a quote after a backslash, unless the mode excludes that. `isOpen`: it is not closed.
 */
export function scanQuoted(
  sql: string,
  at: number,
  { noBackslashEscapes, ansiQuotes }: SqlMode,
): { end: number; isOpen: boolean } {
  const quote = sql[at] as string;
  const isString = quote === "'" || (quote === '"' && !ansiQuotes);
  const escapes = isString && !noBackslashEscapes;
  for (let from = at + 1; ; ) {
    const close = sql.indexOf(quote, from);
    const backslash = escapes ? escapeIn(sql, from, close) : -1;
    if (backslash >= 0) {
      from = backslash + 2;
    } else if (close < 0) {
      return { end: sql.length, isOpen: true };
    } else if (sql[close + 1] === quote) {
      from = close + 2;
    } else {
      return { end: close + 1, isOpen: false };
    }
  }
}

/** The first backslash before this place, or -1. */
function escapeIn(sql: string, from: number, before: number): number {
  const end = before < 0 ? sql.length : before;
  // Only this string is searched, because searching a large text once per string would be quadratic.
  for (let at = from; at < end; at++) if (sql.charCodeAt(at) === 92) return at;
  return -1;
}
