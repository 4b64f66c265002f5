import { isAlwaysRun } from './executable-comments.ts';
import { type Placeholder, placeholdersIn } from './placeholders.ts';
import { DEFAULT_SQL_MODE, type SqlMode } from './sql-mode.ts';
import { type SqlToken, sqlTokens } from './sql-tokens.ts';
import { statementEnd } from './statement-end.ts';

/** One of the statements of an SQL text, with its share of the bindings. */
export interface SqlPart {
  readonly sql: string;
  readonly bindings: readonly unknown[];
  /** Whether the part has several statements that could not be separated; it runs as a whole. */
  readonly several: boolean;
}

/**
 * Splits an SQL text at the semicolons that end statements, but not at those in strings, comments and
 * bodies of routines, as a session with this `sql_mode` reads them. If the end of a statement is uncertain,
 * as for a body without BEGIN, it stays one part together with the rest of the text.
 *
 * Each part gets the bindings that the driver would insert into it. The driver has its own rules for
 * strings and comments: if it would fill the parts differently from the whole, they stay one part.
 */
export function splitStatements(
  sql: string,
  bindings: readonly unknown[] = [],
  mode: SqlMode = DEFAULT_SQL_MODE,
): SqlPart[] {
  // Nearly every query takes this path, because reading all tokens of a large INSERT is expensive.
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
 * The ranges of the statements, including the comments before them. The rules are those of the servers:
 * semicolons at the end of the text are ignored; a comment at the end is a statement with its own answer;
 * any other empty statement is an error, so the rest of the text stays with it.
 */
function statementRanges(sql: string, mode: SqlMode): StatementRange[] {
  const tokens = sqlTokens(sql, mode);
  const ranges: StatementRange[] = [];
  let start = 0;
  for (let first = 0; first < tokens.length; ) {
    const { end, several } = statementEnd(tokens, first);
    const own = tokens.slice(first, end);
    const isLast = isEnd(sql.slice(tokens[end]?.start ?? sql.length));
    if (own.length === 0 && isLast) break;
    if (!isLast && (isMaybeEmpty(own, mode) || endsInDashes(sql, tokens[end])))
      return [...ranges, { start, end: sql.length, several: true }];
    ranges.push({ start, end: tokens[end]?.start ?? sql.length, several });
    start = tokens[end]?.end ?? sql.length;
    first = end + 1;
  }
  if (!isEnd(sql.slice(start))) ranges.push({ start, end: sql.length, several: false });
  return ranges;
}

/** Whether a text has only semicolons and blanks, which the servers ignore at the end. */
function isEnd(text: string): boolean {
  return /^[;\t\n\v\f\r ]*$/.test(text);
}

/** Whether a statement may be empty, which is an error for the servers unless it is the only one. */
function isMaybeEmpty(tokens: readonly SqlToken[], mode: SqlMode): boolean {
  return !tokens.some((token) => isAlwaysRun(token, mode));
}

/** Whether a statement ends in `--`: `--;` is not a comment, but `--` at the end of a text is. */
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

/** Trims a text, except no-break spaces, which the servers read as part of a name. */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && BLANKS.includes(text[start] as string)) start++;
  while (end > start && BLANKS.includes(text[end - 1] as string)) end--;
  return text.slice(start, end);
}

const BLANKS = '\t\n\v\f\r ';
