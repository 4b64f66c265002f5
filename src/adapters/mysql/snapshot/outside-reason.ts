import { otherDatabases } from '../scratch/other-databases.ts';
import { readingsOf } from '../sql/executable-comments.ts';
import type { SqlMode } from '../sql/sql-mode.ts';
import { isSymbol, isWord, type SqlToken, sqlTokens } from '../sql/sql-tokens.ts';
import type { StatementKind } from '../sql/statement-traits.ts';

/** A large INSERT has millions of tokens; what matters comes first. */
const MOST_TOKENS = 5_000;

/** First words of statements about the server. */
const OF_SERVER = [
  'GRANT',
  'REVOKE',
  'INSTALL',
  'UNINSTALL',
  'FLUSH',
  'RESET',
  'PURGE',
  'KILL',
  'SHUTDOWN',
  'CLONE',
  'CHANGE',
  'LOAD',
  'START',
  'STOP',
];

/** Objects that are not in a database. */
const SERVER_OBJECTS = [
  'USER',
  'ROLE',
  'SERVER',
  'TABLESPACE',
  'LOGFILE',
  'INSTANCE',
  'RESOURCE',
  'UNDO',
];

/** Words that may be between `CREATE` and the kind of an object. */
const BEFORE_KIND = ['OR', 'REPLACE', 'TEMPORARY', 'SPATIAL', 'PUBLIC'];

/** Values of one server. */
const OF_ONE_SERVER =
  /@@(?:global\s*\.\s*)?(?:hostname|server_id|server_uuid|port|datadir|version)\b|\bversion\s*\(\s*\)/i;

/**
 * Why a statement's effect is not in the database alone, or not the same on another server; `undefined` if it is.
 * Such a statement has to run for each tenant.
 */
export function outsideReason(
  text: string,
  of: { readonly database: string; readonly mode: SqlMode; readonly kind: StatementKind },
): string | undefined {
  const readings = readingsOf(text, of.mode, MOST_TOKENS) ?? [
    sqlTokens(text, of.mode, MOST_TOKENS),
  ];
  for (const tokens of readings) {
    const why = reasonIn(tokens, of.database);
    if (why !== undefined) return why;
  }
  if ((of.kind === 'write' || of.kind === 'ddl') && OF_ONE_SERVER.test(text)) {
    return 'writes a value of this one server';
  }
  return undefined;
}

function reasonIn(tokens: readonly SqlToken[], own: string): string | undefined {
  const [first, second] = tokens;
  if (isWord(first, ...OF_SERVER)) return 'is about the server';
  if (isWord(first, 'SET') && setsServer(tokens)) return 'changes a setting of the server';
  const others = otherDatabases(tokens, own);
  if (others.length > 0) return `uses the database ${others.join(', ')}`;
  if (isWord(first, 'USE') && second?.text.toLowerCase() !== own.toLowerCase()) {
    return `uses the database ${second?.text ?? ''}`;
  }
  if (isWord(first, 'CREATE', 'ALTER', 'DROP', 'RENAME')) {
    const kind = tokens.find((token, at) => at > 0 && !isWord(token, ...BEFORE_KIND));
    if (isWord(kind, ...SERVER_OBJECTS)) return 'is about the server';
    const at = tokens.indexOf(kind as SqlToken);
    if (isWord(kind, 'DATABASE', 'SCHEMA') && !isOwnDatabase(tokens[at + 1], own)) {
      return 'is about another database';
    }
    if (tokens.some((token) => isWord(token, 'SONAME'))) return 'is about the server';
    if (namesDefiner(tokens)) return 'names a definer';
    if (isWord(kind, 'TABLE') && tokens.some(isShownWrongly)) return SHOWN_WRONGLY;
  }
  if (tokens.some((token) => isWord(token, 'OUTFILE', 'DUMPFILE'))) return 'writes a file';
  return undefined;
}

const SHOWN_WRONGLY =
  'has a character of four bytes in the definition of a table, which the server shows as a question mark';

/**
 * Whether a text of a table's definition is not what `SHOW CREATE TABLE` shows: it is converted to utf8mb3, in values of
 * ENUM and SET on both servers, in defaults on MariaDB, and in expressions on MySQL. Comments are stored in that way.
 */
function isShownWrongly(token: SqlToken, at: number, tokens: readonly SqlToken[]): boolean {
  if (token.kind !== 'string' || !/[\u{10000}-\u{10ffff}]/u.test(token.text)) return false;
  const before = isSymbol(tokens[at - 1], '=') ? tokens[at - 2] : tokens[at - 1];
  return !isWord(before, 'COMMENT');
}

/** `ALTER DATABASE CHARACTER SET …` is about the current one. */
function isOwnDatabase(token: SqlToken | undefined, own: string): boolean {
  if (isWord(token, 'CHARACTER', 'CHARSET', 'DEFAULT', 'COLLATE')) return true;
  return token?.text.toLowerCase() === own.toLowerCase();
}

function setsServer(tokens: readonly SqlToken[]): boolean {
  return tokens.some(
    (token) =>
      isWord(token, 'GLOBAL', 'PERSIST', 'PERSIST_ONLY', 'PASSWORD') ||
      /^@@(?:global|persist)/i.test(token.text),
  );
}

function namesDefiner(tokens: readonly SqlToken[]): boolean {
  return tokens.some(
    (token, at) =>
      isWord(token, 'DEFINER') &&
      isSymbol(tokens[at + 1], '=') &&
      !isWord(tokens[at + 2], 'CURRENT_USER', 'CURRENT_ROLE'),
  );
}
