import type { SqlStatement } from '../../../journal/sql-statement.ts';
import type { LockWatch } from '../../../locks/waits/lock-watch.ts';
import { isWord, sqlTokens } from '../../../sql/sql-tokens.ts';

/** The means by which statements can give way to others. */
export interface WaitFacts {
  /** Seconds that a statement waits for its lock altogether, over all tries and the pauses between them. */
  readonly waitSeconds: number;
  readonly watch: LockWatch;
}

/** The limit for one statement. */
export interface QueueLimit extends WaitFacts {
  /** Milliseconds for which queries of others may queue while the statement waits for a lock. */
  readonly queueMs: number;
}

/**
 * Whether other queries may queue behind a statement while it waits for a lock, and whether it can be sent again
 * if it did not get the lock. That is DDL and LOCK TABLES: a waiting read or write blocks nobody, and a CALL
 * may have taken effect in part. A statement with MariaDB's `WAIT n` or `NOWAIT` has a limit of its own.
 */
export function isQueueing({ kind, sql, mode }: SqlStatement, isMariaDB: boolean): boolean {
  if (kind !== 'ddl' && kind !== 'locking') return false;
  if (!isMariaDB || !/wait/i.test(sql)) return true;
  const tokens = sqlTokens(sql, mode);
  return !tokens.some(
    (token, index) =>
      isWord(token, 'NOWAIT') || (isWord(token, 'WAIT') && tokens[index + 1]?.kind === 'number'),
  );
}
