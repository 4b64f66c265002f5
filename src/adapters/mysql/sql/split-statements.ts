import { isAlwaysRun } from './executable-comments.ts';
import { type Placeholder, placeholdersIn } from './placeholders.ts';
import { DEFAULT_SQL_MODE, type SqlMode } from './sql-mode.ts';
import { type SqlToken, sqlTokens } from './sql-tokens.ts';
import { statementEnd } from './statement-end.ts';

/** One of the statements of an SQL text, with its share of the bindings. */
export interface SqlPart {
  readonly sql: string;
  readonly bindings: readonly unknown[];
  /** Holds several statements that could not be told apart; runs as a whole. */
  readonly several: boolean;
}

/**
 * Splits an SQL text at the semicolons that end statements: not those in strings, comments and bodies
 * of routines, as a session with this `sql_mode` reads it. Text that cannot be told apart, such as a
 * body without BEGIN, stays one part with all that follows it.
 *
 * Each part gets the bindings that the driver would put into it. The driver reads strings and comments
 * in its own way: if it would fill the parts in another way than the whole, they stay one part.
 */
export function splitStatements(
  sql: string,
  bindings: readonly unknown[] = [],
  mode: SqlMode = DEFAULT_SQL_MODE,
): SqlPart[] {
  // Nearly every query; reading all tokens of a large INSERT costs.
  if (!sql.includes(';')) return [{ sql, bindings, several: false }];
  const ranges = statementRanges(sql, mode);
  const [only] = ranges;
  if (ranges.length < 2) return [{ sql, bindings, several: only?.several === true }];
  return withBindings(sql, ranges, bindings) ?? [{ sql, bindings, several: true }];
}

interface StatementRange {
  readonly start: number;
  readonly end: number;
  readonly several: boolean;
}

/**
 * Where the statements stand, with the comments before them. As for the servers, semicolons at the end
 * of the text count for nothing; a comment at the end is a statement, with an answer of its own; and a
 * statement that is empty otherwise is an error, so that what follows it stays with it.
 */
function statementRanges(sql: string, mode: SqlMode): StatementRange[] {
  const tokens = sqlTokens(sql, mode);
  const ranges: StatementRange[] = [];
  let start = 0;
  for (let first = 0; first < tokens.length; ) {
    const { end, several } = statementEnd(tokens, first);
    const own = tokens.slice(first, end);
    const isLast = /^[;\t\n\v\f\r ]*$/.test(sql.slice(tokens[end]?.start ?? sql.length));
    if (own.length === 0 && isLast) return ranges;
    if (!isLast && (isMaybeEmpty(own, mode) || endsInDashes(sql, tokens[end])))
      return [...ranges, { start, end: sql.length, several: true }];
    ranges.push({ start, end: tokens[end]?.start ?? sql.length, several });
    start = tokens[end]?.end ?? sql.length;
    first = end + 1;
  }
  if (trimmed(sql.slice(start)) !== '') ranges.push({ start, end: sql.length, several: false });
  return ranges;
}

/** An empty statement is an error for the servers, but not if it stands alone. */
function isMaybeEmpty(tokens: readonly SqlToken[], mode: SqlMode): boolean {
  return !tokens.some((token) => isAlwaysRun(token, mode));
}

/** `--;` is not a comment, but `--` at the end of a text is: the statement would differ alone. */
function endsInDashes(sql: string, semicolon: SqlToken | undefined): boolean {
  return semicolon !== undefined && sql.endsWith('--', semicolon.start);
}

function withBindings(
  sql: string,
  ranges: readonly StatementRange[],
  bindings: readonly unknown[],
): SqlPart[] | undefined {
  const placeholders = placeholdersIn(sql, bindings.length);
  const parts: SqlPart[] = [];
  let next = 0;
  for (const { start, end, several } of ranges) {
    const used = next;
    const own: Placeholder[] = [];
    for (; (placeholders[next]?.start ?? end) < end; next++) {
      own.push(placeholders[next] as Placeholder);
    }
    const text = sql.slice(start, end);
    const alone = placeholdersIn(text, own.length);
    const isSame =
      alone.length === own.length &&
      alone.every((place, index) => place.start + start === own[index]?.start);
    if (!isSame) return undefined;
    parts.push({ sql: trimmed(text), bindings: bindings.slice(used, next), several });
  }
  return parts;
}

/** Without the blanks around it; a no-break space is part of a name for the servers. */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && BLANKS.includes(text[start] as string)) start++;
  while (end > start && BLANKS.includes(text[end - 1] as string)) end--;
  return text.slice(start, end);
}

const BLANKS = '\t\n\v\f\r ';
