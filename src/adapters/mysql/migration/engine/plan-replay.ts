import type { StatementStanding } from '../../../../core/half-applied.ts';
import type { JournaledStatement } from '../../journal/journal-entry.ts';
import type { SqlStatement } from '../../journal/sql-statement.ts';
import { compareStatements } from '../../journal/statement-hashes.ts';
import { isTooLong } from '../../journal/stored-answer.ts';
import { statementShape } from '../../sql/statement-shape.ts';

/** The reason why a migration cannot be resumed at a statement, and the standing of the statement. */
export interface Stop {
  readonly standing: StatementStanding['standing'];
  readonly why: string;
  /** The statement that the file has there now, if it is another one. */
  readonly now?: string | undefined;
}

/**
 * The treatment of a statement that an earlier attempt has sent:
 * - `settle`: the earlier attempt ended during it, so its end must be determined
 * - `rerun`: it changed only the session, which has ended
 * - `read again`: the rows were too long to be stored
 * - `answer`: the journal has its answer
 * - `stop`: it does not match the journal
 */
export type ReplayPlan =
  | { readonly action: 'settle' | 'rerun' | 'read again' | 'answer' }
  | { readonly action: 'stop'; readonly stop: Stop };

/**
 * Decides how to treat a statement that an earlier attempt has sent. A pure function.
 *
 * @param isStrict whether the file has changed since that attempt: then everything must match exactly
 */
export function planReplay(
  earlier: JournaledStatement,
  statement: SqlStatement,
  isStrict: boolean,
): ReplayPlan {
  if (!earlier.done) return { action: 'settle' };
  const stop = mismatch(earlier, statement, isStrict);
  if (stop !== undefined) return { action: 'stop', stop };
  if (statement.kind === 'session') return { action: 'rerun' };
  const isStored = earlier.answer !== null && !isTooLong(earlier.answer);
  if (statement.kind !== 'read' || isStored) return { action: 'answer' };
  if (earlier.kind === 'read') return { action: 'read again' };
  const why = 'It called a function that may write, and its rows were too long to be stored.';
  return { action: 'stop', stop: { standing: 'applied', why } };
}

/** The difference to the statement that an earlier attempt has run; `undefined` if it is the same. */
export function mismatch(
  earlier: JournaledStatement,
  statement: SqlStatement,
  isStrict: boolean,
): Stop | undefined {
  switch (compareStatements(earlier.hashes, statement.hashes, isStrict)) {
    case 'same':
      return undefined;
    case 'other values':
      return {
        standing: 'applied, with other values',
        why: isStrict
          ? 'The file has changed since an earlier attempt, which ran the statement with other values.'
          : 'An earlier attempt ran it with other values: the migration does not do the same each time.',
      };
    case 'other text':
      return {
        standing: 'applied, by another text',
        now: statementShape(statement.sql),
        why: 'An earlier attempt ran another statement there: the migration has changed since, or does not do the same each time.',
      };
  }
}
