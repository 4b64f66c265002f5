import { withoutLiterals } from '../../core/migrate/statement-shape.ts';

/** Blanks and comments before the first word; executable comments (those that begin with an exclamation mark) are SQL and stay. */
const LEADING_COMMENTS = /^(?:\s+|\/\*(?!!)[\s\S]*?\*\/|#[^\n]*(?:\n|$)|--\s[^\n]*(?:\n|$))+/;

/**
 * What a statement does to transactions and to the session, told by its first words. Guesses are
 * careful: what is not known to be harmless may have taken effect.
 */
export const StatementKind = {
  /** Begins or ends a transaction as Knex does; not a statement of the migration's own. */
  controlsTransaction: (sql: string): boolean =>
    /^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE SAVEPOINT)\b/i.test(sql),
  isBegin: (sql: string): boolean => /^\s*BEGIN\s*;?\s*$/i.test(sql),
  isCommit: (sql: string): boolean => /^\s*COMMIT\s*;?\s*$/i.test(sql),
  isRollback: (sql: string): boolean => /^\s*ROLLBACK\s*;?\s*$/i.test(sql),
  /** Commits what came before it, even where it then fails (not where it is not understood). */
  commitsBefore: (sql: string): boolean =>
    /^(ALTER|ANALYZE|CREATE(?!\s+TEMPORARY)|DROP(?!\s+TEMPORARY)|GRANT|LOCK\s+TABLES|OPTIMIZE|RENAME|REPAIR|REVOKE|TRUNCATE)\b/i.test(
      head(sql),
    ),
  /** Leaves nothing behind in the database. */
  leavesNothing: (sql: string): boolean =>
    /^(SELECT|SHOW|SET|USE|EXPLAIN|DESCRIBE|DESC)\b/i.test(head(sql)) && !isSeveral(sql),
  /** May have taken effect in part where it failed: several statements, or a procedure. */
  mayBePartial: (sql: string): boolean => isSeveral(sql) || /^CALL\b/i.test(head(sql)),
  /** Changes the session's current database. */
  changesDatabase: (sql: string): boolean =>
    /^USE\b/i.test(head(sql)) || (isSeveral(sql) && /;\s*USE\b/i.test(withoutLiterals(sql))),
};

function head(sql: string): string {
  return sql.replace(LEADING_COMMENTS, '');
}

function isSeveral(sql: string): boolean {
  return sql.includes(';') && /;\s*\S/.test(withoutLiterals(sql));
}
