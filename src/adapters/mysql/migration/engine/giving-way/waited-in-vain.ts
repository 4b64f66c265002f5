import { ERRNO } from '../../../../server/errno.ts';
import type { SqlStatement } from '../../../journal/sql-statement.ts';
import type { Answer } from '../../../journal/stored-answer.ts';
import { isWord, sqlTokens } from '../../../sql/sql-tokens.ts';
import type { PacketEnd } from '../read-answers.ts';

/**
 * Why a statement did not get its lock: `killed` by the watch, `timed out` by the server's own limit, `reported`
 * in the rows of a statement that the server answers as a success.
 */
export type InVain = 'killed' | 'timed out' | 'reported';

/** Statements that report in rows what went wrong, and are harmless to repeat. */
const REPORTING = ['ANALYZE', 'CHECK', 'OPTIMIZE', 'REPAIR'];
/** Messages in such rows, in every language of the servers that these tests cover: English. */
const REPORTED = /lock wait timeout|interrupted/i;

/**
 * Determines whether a statement has ended because it did not get a lock; `undefined` if it ended in another way.
 * A pure function.
 *
 * @param isKilled whether the watch has sent a KILL
 */
export function waitedInVain(
  ended: PacketEnd,
  { sql, mode }: Pick<SqlStatement, 'sql' | 'mode'>,
  isKilled: boolean,
): InVain | undefined {
  if (ended.end === 'statement refused') {
    if (ended.error.errno === ERRNO.ER_LOCK_WAIT_TIMEOUT) return 'timed out';
    return isKilled && ended.error.errno === ERRNO.ER_QUERY_INTERRUPTED ? 'killed' : undefined;
  }
  if (ended.end !== 'answered') return undefined;
  const [first] = sqlTokens(sql, mode, 1);
  return isWord(first, ...REPORTING) && reportsWait(ended.answer) ? 'reported' : undefined;
}

function reportsWait([rows]: Answer): boolean {
  if (!Array.isArray(rows)) return false;
  return rows.some((row) => {
    const cells = Object.values((row ?? {}) as object);
    return cells.some((cell) => REPORTED.test(String(cell)));
  });
}
