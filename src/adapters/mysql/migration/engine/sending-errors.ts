import { FanfoldError } from '../../../../core/errors.ts';

/** The error if the connection works but no longer holds the advisory lock, which a migration can release. */
export function fenceLost(): FanfoldError {
  return new FanfoldError(
    'FenceLost',
    'This connection no longer holds the fence: the migration released it (RELEASE_ALL_LOCKS or RELEASE_LOCK), or the server does not keep advisory locks.',
    {
      fault: 'migration',
      nextStep:
        'Remove RELEASE_ALL_LOCKS() and the like from the migration, and connect to the server directly, not through a multiplexing proxy. Nothing was recorded after the fence was lost.',
    },
  );
}

/**
 * The error for a statement that exceeds `max_allowed_packet`.
 *
 * @param bytes the size of the statement with its values
 * @param limit `max_allowed_packet` in bytes
 */
export function statementTooLarge(bytes: number, limit: number): FanfoldError {
  return new FanfoldError(
    'StatementTooLarge',
    `The statement has ${bytes.toLocaleString('en')} bytes, but the server accepts only ${limit.toLocaleString('en')} in one packet (max_allowed_packet). It was not run.`,
    {
      fault: 'migration',
      nextStep:
        'Split it, for example with batchInsert, or raise max_allowed_packet on the server; the next attempt resumes at this statement.',
    },
  );
}

/** The error if a statement asks about the previous one after Fanfold has sent something in between. */
export function askedTooLate(): FanfoldError {
  return new FanfoldError(
    'StatementAsksTooLate',
    'The statement asks about the previous one (ROW_COUNT(), FOUND_ROWS(), warnings), but Fanfold had to commit in between.',
    {
      fault: 'migration',
      nextStep:
        "Send both without waiting in between, or in one transaction, or use Knex's result (affectedRows).",
    },
  );
}
