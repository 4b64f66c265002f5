import { FanfoldError } from '../../../core/errors.ts';
import { DEFAULT_SQL_MODE, type SqlMode } from './sql-mode.ts';
import { isSymbol, isWord, type SqlToken, sqlTokens } from './sql-tokens.ts';

/**
 * Whether a text has a line `DELIMITER …`. That is a command of the clients `mysql` and `mariadb` and not of
 * the servers, which would report a syntax error only after running the statements before it.
 */
export function hasDelimiterCommand(sql: string, mode: SqlMode = DEFAULT_SQL_MODE): boolean {
  // Most texts do not contain the word, so the lexer does not need to run.
  if (!/delimiter/i.test(sql)) return false;
  const tokens = sqlTokens(sql, mode);
  return tokens.some((token, at) => isWord(token, 'DELIMITER') && isCommand(sql, tokens, at));
}

/**
 * Whether the word is alone on its line with a delimiter. Because a column may have that name, a delimiter
 * that is a word, or the default one, counts only at a place where a statement may begin.
 */
function isCommand(sql: string, tokens: readonly SqlToken[], at: number): boolean {
  const { start } = tokens[at] as SqlToken;
  const before = sql.slice(sql.lastIndexOf('\n', start - 1) + 1, start);
  const [, delimiter] = COMMAND.exec(sql.slice(start, start + 200)) ?? [];
  if (before.trim() !== '' || delimiter === undefined) return false;
  const startsStatement = at === 0 || isSymbol(tokens[at - 1], ';');
  return startsStatement || (delimiter !== ';' && !/\w/.test(delimiter));
}

const COMMAND = /^delimiter[ \t]+(?![=.,()])(\S{1,16})[ \t\r]*(?:\n|$)/i;

/** The error for a text with a DELIMITER command, before any part of it is sent. */
export function delimiterInSql(): FanfoldError {
  return new FanfoldError(
    'DelimiterInSql',
    'The SQL has a line DELIMITER, which is a command of the mysql client: the server does not know it.',
    {
      fault: 'migration',
      ownWords: true,
      nextStep:
        'Remove the DELIMITER lines, and send each routine, trigger or event as a separate statement: knex.raw("CREATE PROCEDURE … BEGIN … END").',
    },
  );
}
