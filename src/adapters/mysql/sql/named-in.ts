import type { SqlMode } from './sql-mode.ts';
import { sqlTokens } from './sql-tokens.ts';

/** A text, and how a session reads it. */
export interface ReadText {
  readonly sql: string;
  readonly mode: SqlMode;
}

/**
 * Those of the names that stand in a text as a word or a quoted name, in its order. Names are in lower
 * case and without their schema; a column or an alias of that name counts too.
 */
export function namedIn({ sql, mode }: ReadText, names: ReadonlySet<string>): string[] {
  if (names.size === 0) return [];
  return sqlTokens(sql, mode)
    .map(({ text }) => text.toLowerCase())
    .filter((text) => names.has(text));
}
