import { FanfoldError } from '../../../core/errors.ts';
import type { ServerError } from '../../server/server-error.ts';
import {
  type ErrorCircumstances,
  isServerState,
  meaningOf,
} from '../../server/statement-errors.ts';

/**
 * Explains why the journal of a migration could not be written before a statement. A read-only server or
 * session is reported as such, because the journal itself is not the problem then.
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
          : 'Check that fanfold_journal still has its original columns, or drop it: Fanfold creates it again. Then run the migration again.',
      cause: error,
    },
  );
}
