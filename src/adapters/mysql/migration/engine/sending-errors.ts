import { FanfoldError } from '../../../../core/errors.ts';

/** The connection stands, but not the advisory lock: a migration can release it. */
export function fenceLost(): FanfoldError {
  return new FanfoldError(
    'FenceLost',
    'This connection does not hold the fence any more: the migration released it (RELEASE_ALL_LOCKS or RELEASE_LOCK), or the server does not keep advisory locks.',
    {
      fault: 'migration',
      nextStep:
        'Take RELEASE_ALL_LOCKS() and the like out of the migration, and connect to the server directly, not through a multiplexing proxy. Nothing was recorded after the fence was lost.',
    },
  );
}

/** @param bytes of the statement with its values @param limit `max_allowed_packet`, in bytes */
export function statementTooLarge(bytes: number, limit: number): FanfoldError {
  return new FanfoldError(
    'StatementTooLarge',
    `The statement has ${bytes.toLocaleString('en')} bytes, and the server takes ${limit.toLocaleString('en')} in one packet (max_allowed_packet). It was not run.`,
    {
      fault: 'migration',
      nextStep:
        'Split it, for example with batchInsert, or raise max_allowed_packet on the server; the next attempt resumes at this statement.',
    },
  );
}
