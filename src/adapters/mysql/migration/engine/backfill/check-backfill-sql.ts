import type { Backfill } from '../../../../../core/backfill/backfill.ts';
import type { SqlMode } from '../../../sql/sql-mode.ts';
import { isSymbol, type SqlToken, sqlTokens } from '../../../sql/sql-tokens.ts';
import { backfillRefused } from './backfill-refused.ts';
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
  const columns: string[] = [];
  let depth = 0;
  let begins = true;
  for (const [at, token] of tokens.entries()) {
    if (isSymbol(token, '(')) depth++;
    if (isSymbol(token, ')')) depth--;
    if (begins) {
      // `table.column` names the column last.
      let last = at;
      while (isSymbol(tokens[last + 1], '.')) last += 2;
      columns.push(tokens[last]?.text ?? token.text);
    }
    begins = depth === 0 && isSymbol(token, ',');
  }
  return columns;
}
