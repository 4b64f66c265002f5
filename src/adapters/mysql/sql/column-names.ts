import { isVectorKey } from './ddl-clauses.ts';
import { closingBracket } from './function-calls.ts';
import { queryOfTable } from './query-of-table.ts';
import { isSymbol, isWord, type SqlToken } from './sql-tokens.ts';

/** Reserved words that begin an item of CREATE TABLE that is not a column. */
const NOT_COLUMNS = [
  'PRIMARY',
  'KEY',
  'INDEX',
  'UNIQUE',
  'FULLTEXT',
  'SPATIAL',
  'CONSTRAINT',
  'FOREIGN',
  'CHECK',
];

/**
 * The columns in the brackets of CREATE TABLE that open at this token; `undefined` if the table has further
 * columns, from a query or from another table.
 */
export function columnNames(tokens: readonly SqlToken[], open: number): string[] | undefined {
  if (!isSymbol(tokens[open], '(') || queryOfTable(tokens, open) >= 0) return undefined;
  const close = closingBracket(tokens, open);
  const names: string[] = [];
  let depth = 0;
  for (let at = open; at < close; at++) {
    if (isSymbol(tokens[at], '(')) depth++;
    else if (isSymbol(tokens[at], ')')) depth--;
    const starts = depth === 1 && (at === open || isSymbol(tokens[at], ','));
    const item = starts ? tokens[at + 1] : undefined;
    if (item === undefined) continue;
    if (isWord(item, 'LIKE')) return undefined;
    if (isColumn(tokens, at + 1)) names.push(item.text);
  }
  return names;
}

function isColumn(tokens: readonly SqlToken[], at: number): boolean {
  const token = tokens[at];
  if (token?.kind === 'name') return true;
  if (token?.kind !== 'word' || isWord(token, ...NOT_COLUMNS)) return false;
  if (isWord(token, 'PERIOD')) return !isWord(tokens[at + 1], 'FOR');
  return !isVectorKey(tokens, at);
}
