import type { Definition } from '../../../core/shapes/definition.ts';
import type { CreateStatement } from '../../../core/shapes/shape.ts';
import { parseSqlMode } from '../sql/sql-mode.ts';
import { type SqlToken, sqlTokens } from '../sql/sql-tokens.ts';

/** An object that is not a table, with what its statement does not say. */
export interface StoredObject {
  readonly statement: CreateStatement;
  /** Of a trigger. */
  readonly table?: string | undefined;
  /** Of one of several triggers of one table for the same event: its place among them, from 1. */
  readonly place?: number | undefined;
  /** Whether it runs with the rights of its caller, so that it does not matter who defined it. */
  readonly isInvoker: boolean;
  /** Of an event: whether it starts when it was created, because nobody has chosen a start. */
  readonly startsByDefault: boolean;
}

/** Users who count as one when they define an object, in lower case. */
export type OwnUsers = ReadonlySet<string>;

/**
 * The definition of a view, a stored program, an event or a sequence. Left out: spaces and comments, the host of the
 * definer, and the start of an event that was chosen by nobody.
 */
export function storedDefinition(object: StoredObject, users: OwnUsers): Definition {
  const { statement, table, place, isInvoker, startsByDefault } = object;
  const { kind, name, sql, sqlMode = '', timeZone } = statement;
  const plain = startsByDefault ? withoutStart(sql) : sql;
  const [clause, user] = DEFINER.exec(plain) ?? [];
  const body = clause === undefined ? plain : plain.replace(clause, () => '');
  const mode = modeText(sqlMode);
  const text = [
    canonicalText(body, sqlTokens(body, parseSqlMode(sqlMode))),
    ...(user === undefined || isInvoker ? [] : [`DEFINER=${definerName(user, users)}`]),
    ...(place === undefined ? [] : [`(number ${place} of its table and event)`]),
    ...(mode === '' ? [] : [`sql_mode=${mode}`]),
    ...(timeZone === undefined ? [] : [`time_zone=${timeZone}`]),
  ];
  return { kind, table, name, text: text.join(' ') };
}

/** An event without its start begins when it is created. */
export function withoutStart(event: string): string {
  return event.replace(/ STARTS '[^']*'(?= ON COMPLETION)/, '');
}

const QUOTED = '(?:`(?:[^`]|``)*`|"(?:[^"]|"")*")';

/** The account, or role of MariaDB, for whom an object runs. */
export const DEFINER = new RegExp(`DEFINER=(${QUOTED})(?:@${QUOTED})? `);

function definerName(quoted: string, users: OwnUsers): string {
  const user = unquoted(quoted);
  return users.has(user.toLowerCase()) ? "(the tenant's user)" : `\`${user}\``;
}

/** A name without its quotes. */
export function unquoted(quoted: string): string {
  const quote = quoted[0] ?? '';
  return quoted.slice(1, -1).replaceAll(quote + quote, quote);
}

/** Drivers set IGNORE_SPACE for themselves; the text shows what it meant. */
function modeText(sqlMode: string): string {
  const names = sqlMode.split(',').filter((name) => name !== '' && name !== 'IGNORE_SPACE');
  return names.sort().join(',');
}

/** Symbols that need no space before them, and after them. */
const NONE_BEFORE = new Set([',', ')', ';', '.', '(']);
const NONE_AFTER = new Set(['(', '.']);

/** The text with one way of spacing and without comments. */
function canonicalText(sql: string, tokens: readonly SqlToken[]): string {
  let text = '';
  for (const [at, token] of tokens.entries()) {
    const before = tokens[at - 1];
    if (before !== undefined && needsSpace(before, token)) text += ' ';
    text += sql.slice(token.start, token.end);
  }
  return text;
}

function needsSpace(before: SqlToken, token: SqlToken): boolean {
  const isAdjacent = before.end === token.start;
  if (before.kind === 'symbol' && token.kind === 'symbol' && isAdjacent) return false;
  // `now ()` may be another function than `now()`.
  if (token.kind === 'symbol' && token.text === '(') return !isAdjacent;
  const isClose = token.kind === 'symbol' && NONE_BEFORE.has(token.text);
  return !isClose && !(before.kind === 'symbol' && NONE_AFTER.has(before.text));
}
