import type { SqlMode } from './sql-mode.ts';
import { sqlTokens } from './sql-tokens.ts';

/** A text, with the mode in which a session reads it. */
export interface ReadText {
  readonly sql: string;
  readonly mode: SqlMode;
}

/**
 * The names that occur in a text as a word or a quoted name, in the order of the text. Names are in lower
 * case and without their schema; columns and aliases with such a name count too.
 */
export function namedIn({ sql, mode }: ReadText, names: ReadonlySet<string>): string[] {
  if (names.size === 0) return [];
  return sqlTokens(sql, mode)
    .map(({ text }) => text.toLowerCase())
    .filter((text) => names.has(text));
}
