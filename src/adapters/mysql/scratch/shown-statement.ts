import type { SqlMode } from '../sql/sql-mode.ts';
import { sqlTokens } from '../sql/sql-tokens.ts';
import { statementShape } from '../sql/statement-shape.ts';

/** Words beside which a definition may hold a secret: accounts, servers, and keys of replication or encryption. */
const SECRETIVE =
  /\b(?:IDENTIFIED|PASSWORD|USER|ROLE|GRANT|REVOKE|SERVER|SECRET|TOKEN|CONNECTION|MASTER_\w+|SOURCE_\w+|AES_\w+|ENCODE|ENCRYPT|EXECUTE|PREPARE|CALL)\b/i;

/**
 * A statement on one line, to be shown. A definition that can hold no secret is whole, because its defaults and
 * lengths are what a reader wants to see; of all other statements literals are replaced by `?`.
 */
export function shownStatement(sql: string, isDefinition: boolean, mode: SqlMode): string {
  if (!isDefinition || SECRETIVE.test(withoutNames(sql, mode)) || holdsRows(sql, mode)) {
    return statementShape(sql, mode);
  }
  return sql.replace(/\s+/g, ' ').trim().replace(/;$/, '');
}

/** The words of a statement outside of quotes. */
function withoutNames(sql: string, mode: SqlMode): string {
  return sqlTokens(sql, mode)
    .filter(({ kind, text }) => kind === 'word' || (kind === 'symbol' && text.length > 1))
    .map(({ text }) => text)
    .join(' ');
}

/** Whether a definition comes with a query or a body, whose literals are data. */
function holdsRows(sql: string, mode: SqlMode): boolean {
  return /\b(?:SELECT|VALUES|BEGIN|DO)\b/i.test(withoutNames(sql, mode));
}
