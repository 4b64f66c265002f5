import type { Backfill } from '../../../../../core/backfill/backfill.ts';
import type { SqlMode } from '../../../sql/sql-mode.ts';
import { isSymbol, type SqlToken, sqlTokens } from '../../../sql/sql-tokens.ts';
import { backfillRefused } from './backfill-refused.ts';
import type { KeyColumn } from './key-column.ts';
import type { WalkedTable } from './walked-table.ts';

/**
 * Throws `BackfillRefused` if `where` or `update` is not one expression or SET list, or if the update sets a
 * column of the key: the row could move ahead of the walk and be changed twice.
 */
export function checkBackfillSql(
  { where, update }: Backfill,
  { key, keySources }: WalkedTable,
  mode: SqlMode,
): void {
  if (where !== undefined) checkWhole(sqlTokens(where, mode), 'where');
  if (update === undefined) return;
  const tokens = sqlTokens(update, mode);
  checkWhole(tokens, 'update');
  for (const column of setColumns(tokens)) {
    const lower = column.toLowerCase();
    const isKey = key.some(({ name }) => name.toLowerCase() === lower);
    if (!isKey && !keySources.includes(`\`${lower}\``)) continue;
    throw backfillRefused(
      `The backfill sets ${JSON.stringify(column)}, ${isKey ? 'a column of the primary key' : 'on which a generated column of the primary key depends'}: a row could move ahead of the walk and be changed twice.`,
      'Leave the key as it is; change keys by a migration that is not a backfill.',
    );
  }
}

function checkWhole(tokens: readonly SqlToken[], key: 'where' | 'update'): void {
  let depth = 0;
  for (const token of tokens) {
    if (isSymbol(token, '(')) depth++;
    if (isSymbol(token, ')')) depth--;
    const isExecutable = token.kind === 'symbol' && token.text.length > 1;
    if (depth >= 0 && !isSymbol(token, ';') && token.isOpen !== true && !isExecutable) continue;
    depth = -1;
    break;
  }
  if (tokens.length > 0 && depth === 0) return;
  throw backfillRefused(
    `The \`${key}\` of the backfill is not one ${key === 'where' ? 'condition' : 'SET list'}: brackets and quotes have to match, and \`;\` and executable comments cannot be in it.`,
    key === 'where'
      ? "Write for example `where: 'priority IS NULL'`."
      : 'Write for example `update: "priority = \'normal\', points = points + 1"`.',
  );
}

/** The columns before each `=` of a SET list. */
export function setColumns(tokens: readonly SqlToken[]): string[] {
  return setNames(tokens).map(({ column }) => column);
}

/** The same with the names before their dots. */
function setNames(
  tokens: readonly SqlToken[],
): { readonly column: string; readonly qualifier: SqlToken | undefined }[] {
  const names: { column: string; qualifier: SqlToken | undefined }[] = [];
  let depth = 0;
  let begins = true;
  for (const [at, token] of tokens.entries()) {
    if (isSymbol(token, '(')) depth++;
    if (isSymbol(token, ')')) depth--;
    if (begins) {
      // `table.column` names the column last.
      let last = at;
      while (isSymbol(tokens[last + 1], '.')) last += 2;
      const column = tokens[last]?.text ?? token.text;
      names.push({ column, qualifier: last > at ? tokens[last - 2] : undefined });
    }
    begins = depth === 0 && isSymbol(token, ',');
  }
  return names;
}

/** Ends of a SET list at the outermost level. */
const AFTER_SET = new Set(['WHERE', 'ORDER', 'LIMIT', 'RETURNING']);

/**
 * The column of the walked key that an UPDATE of the walked table sets, if it sets one: the row could move ahead of the walk. In
 * an UPDATE of several tables only columns with the name of the table count.
 */
export function keyColumnSetBy(
  sql: string,
  { name, key }: { readonly name: string; readonly key: readonly KeyColumn[] },
  mode: SqlMode,
): string | undefined {
  const tokens = sqlTokens(sql, mode);
  if (tokens[0]?.text.toUpperCase() !== 'UPDATE') return undefined;
  const set = indexAtTop(tokens, 0, (text) => text === 'SET');
  const before = tokens.slice(0, set);
  const isTable = (token: SqlToken | undefined) => token?.text.toLowerCase() === name.toLowerCase();
  if (set < 0 || !before.some(isTable)) return undefined;
  const isSeveral = before.some(
    (token) => isSymbol(token, ',') || token.text.toUpperCase() === 'JOIN',
  );
  const end = indexAtTop(tokens, set, (text) => AFTER_SET.has(text));
  const list = tokens.slice(set + 1, end < 0 ? undefined : end);
  return setNames(list).find(({ column, qualifier }) => {
    if (isSeveral && !isTable(qualifier)) return false;
    return key.some((each) => each.name.toLowerCase() === column.toLowerCase());
  })?.column;
}

function indexAtTop(
  tokens: readonly SqlToken[],
  from: number,
  isIt: (text: string) => boolean,
): number {
  let depth = 0;
  return tokens.findIndex((token, at) => {
    if (isSymbol(token, '(')) depth++;
    if (isSymbol(token, ')')) depth--;
    return at > from && depth === 0 && token.kind === 'word' && isIt(token.text.toUpperCase());
  });
}
