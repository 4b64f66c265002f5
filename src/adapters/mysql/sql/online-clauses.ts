import type { OnlineClauses } from '../../../core/safety/online/online-changes.ts';
import { alterForms } from './alter-forms.ts';
import { clausesAsGiven, type DdlClause } from './ddl-clauses.ts';
import { readingsOf } from './executable-comments.ts';
import type { SqlMode } from './sql-mode.ts';
import { isSymbol, isWord, type SqlToken, sqlTokens } from './sql-tokens.ts';

/**
 * The clauses of an ALTER TABLE for a program that makes a table with the new definition and copies rows into it by
 * the names of columns. A pure function of the text.
 */
export function onlineClauses(sql: string, mode: SqlMode): OnlineClauses {
  const tokens = sqlTokens(sql, mode);
  const last = tokens.findLast((token) => !isSymbol(token, ';'));
  const from = alterForms(sql, mode)?.clausesAt;
  if (from === undefined || last === undefined)
    return { text: '', unfit: 'Only ALTER TABLE can be changed so.', redefined: [] };
  const text = sql.slice(from, last.end).trim();
  const own = tokens.filter((token) => token.start >= from && token.end <= last.end);
  const clauses = readingsOf(sql, mode)?.length === 1 ? clausesAsGiven(own) : undefined;
  const redefined = (clauses ?? []).flatMap((each) =>
    each.does === 'redefine' ? [each.name] : [],
  );
  return { text, unfit: unfit(clauses, own, mode), redefined };
}

function unfit(
  clauses: readonly DdlClause[] | undefined,
  tokens: readonly SqlToken[],
  { ansiQuotes, noBackslashEscapes }: SqlMode,
): string | undefined {
  if (ansiQuotes || noBackslashEscapes)
    return 'The session has an sql_mode in which the program would read the statement in another way.';
  if (clauses === undefined) return 'It has clauses whose effect on a copied table is not known.';
  if (clauses.length === 0) return 'It has no clauses.';
  if (tokens.some((token) => isWord(token, 'REFERENCES', 'FOREIGN')))
    return 'It adds or drops a foreign key.';
  if (tokens.some((token) => isWord(token, 'RENAME')))
    return 'It renames something; rename in a migration of its own, which takes a moment.';
  for (const clause of clauses) {
    if (clause.does === 'rename')
      return `It renames ${clause.name}; rename in a migration of its own, which takes a moment.`;
    if ('what' in clause && clause.what === 'primary key')
      return 'It changes the primary key, by which the program copies.';
    if (clause.does === 'add' && clause.what === 'column' && drops(clauses, clause.name))
      return `It drops and adds the column ${clause.name}: a copy by names would keep its values.`;
    if (clause.does === 'add' && clause.what === 'column' && hasAutoIncrement(tokens, clauses))
      return 'It adds a column with AUTO_INCREMENT, whose values would follow the order of the copy.';
  }
  return undefined;
}

function drops(clauses: readonly DdlClause[], column: string): boolean {
  return clauses.some(
    (each) =>
      each.does === 'drop' &&
      each.what === 'column' &&
      each.name.toLowerCase() === column.toLowerCase(),
  );
}

/** Whether the text may give AUTO_INCREMENT to a column that it adds. Redefined columns may keep theirs. */
function hasAutoIncrement(tokens: readonly SqlToken[], clauses: readonly DdlClause[]): boolean {
  const named = tokens.filter(
    (token, index) => isWord(token, 'AUTO_INCREMENT') && !isSymbol(tokens[index + 1], '='),
  );
  return named.length > clauses.filter(({ does }) => does === 'redefine').length;
}
