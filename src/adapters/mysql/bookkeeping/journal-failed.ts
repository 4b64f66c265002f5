import { FanfoldError } from '../../../core/errors.ts';
import type { ServerError } from '../../server/server-error.ts';
import {
  type ErrorCircumstances,
  isServerState,
  meaningOf,
} from '../../server/statement-errors.ts';

/**
 * Explains why the journal of a migration could not be written, before the statement that it is about
 * was run. A server or a session that takes no writes is named as such: nothing is wrong with the
 * journal then.
 */
export function journalFailed(
  error: ServerError,
  circumstances: ErrorCircumstances = {},
): FanfoldError {
  const meaning = meaningOf(error, circumstances);
  const isNamed =
    meaning !== undefined && (isServerState(meaning) || meaning.code === 'SessionReadOnly');
  const isTransient = meaning?.retryable ?? false;
  return new FanfoldError(
    isNamed ? meaning.code : 'BookkeepingFailed',
    `The journal of the migration cannot be written (error ${error.errno}): ${error.sqlMessage}`,
    {
      fault: 'tenant',
      retryable: isTransient,
      nextStep:
        meaning !== undefined && (isNamed || isTransient)
          ? meaning.nextStep
          : 'Check that fanfold_journal is as Fanfold made it, or drop it: it is made anew. Then run the migration again.',
      cause: error,
    },
  );
}
