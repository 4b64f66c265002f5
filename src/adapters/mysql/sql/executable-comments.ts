import { DEFAULT_SQL_MODE, type SqlMode } from './sql-mode.ts';
import { type SqlToken, sqlTokens } from './sql-tokens.ts';

/** With more comments that a server may run or skip, a text has too many readings. */
const MOST = 4;

/**
 * The readings of a text with executable comments: with and without the contents of each. A comment with a
 * version (`/*!50100 …`) counts from that version on, `/*M!` only on MariaDB. `undefined` if there are too
 * many readings, or if the end of a comment is uncertain.
 */
export function readingsOf(
  sql: string,
  mode: SqlMode = DEFAULT_SQL_MODE,
  most?: number,
): SqlToken[][] | undefined {
  const tokens = sqlTokens(sql, mode, most);
  // Nearly every text has no executable comment.
  if (!sql.includes('/*') || !tokens.some(isExecutableComment)) return [tokens];
  return readings(tokens, mode, { left: MOST });
}

/** Whether a token is a complete comment that servers may run. */
export function isExecutableComment({ kind, text }: SqlToken): boolean {
  return kind === 'symbol' && text.length > 1;
}

function readings(
  tokens: readonly SqlToken[],
  mode: SqlMode,
  budget: { left: number },
): SqlToken[][] | undefined {
  let found: SqlToken[][] = [[]];
  for (const token of tokens) {
    if (!isExecutableComment(token)) {
      for (const reading of found) reading.push(token);
      continue;
    }
    if (token.isOpen === true) return undefined;
    const { content, isConditional } = parse(token.text);
    if (isConditional && budget.left-- <= 0) return undefined;
    const inside = readings(sqlTokens(content, mode), mode, budget);
    if (inside === undefined) return undefined;
    const run = found.flatMap((reading) => inside.map((each) => [...reading, ...each]));
    found = isConditional ? [...run, ...found] : run;
  }
  return found;
}

/** Whether every supported server runs something in this token. */
export function isAlwaysRun(token: SqlToken, mode: SqlMode): boolean {
  if (!isExecutableComment(token)) return true;
  const { content, isConditional } = parse(token.text);
  return !isConditional && sqlTokens(content, mode).some((inner) => isAlwaysRun(inner, mode));
}

/** MariaDB skips comments for MySQL 5.7 and later; every supported server is newer than this. */
const FIRST_SKIPPED = 50_700;

/** Five or six digits are the version; without a version, every server of the family runs the comment. */
function parse(text: string): { content: string; isConditional: boolean } {
  const [opening = '', version = '0'] = /^\/\*M?!(\d{5,6}(?=\s)|\d{5})?/.exec(text) ?? [];
  return {
    content: text.slice(opening.length, -2),
    isConditional: text.startsWith('/*M') || Number(version) >= FIRST_SKIPPED,
  };
}
