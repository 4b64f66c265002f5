import { FanfoldError } from '../../../../core/errors.ts';

/** The error for what would wait for ever on the one connection that there is. */
export function needsSecondConnection(what: string): FanfoldError {
  return new FanfoldError(
    'MigrationNeedsSecondConnection',
    `${what} would need a second connection, and wait there for the first for ever.`,
    {
      fault: 'migration',
      nextStep:
        'Send the query through the transaction: trx("table") or query.transacting(trx) instead of knex("table").',
    },
  );
}

/** The error for a connection that a migration would open with the settings of the fenced one. */
function opensSecondConnection(): FanfoldError {
  return new FanfoldError(
    'MigrationNeedsSecondConnection',
    'A Knex or a connection that is made from the configuration of the Knex that the migration was given would be a second connection beside the one that holds the fence: what it changes would neither be journaled nor stop when the fence is lost.',
    {
      fault: 'migration',
      nextStep:
        'Use the knex that the migration was given; for another database name it in the query (knex.withSchema("other")).',
    },
  );
}

/**
 * Shows connection settings as plain Knex does, but has every attempt to connect with them fail. Knex
 * copies them with a spread, which reads symbols as well; mysql2 takes its socket from `stream`. Neither
 * is seen by `Object.keys`, `for … in` or `JSON.stringify`.
 */
export function guardConnectionSettings(settings: object): void {
  if ('stream' in settings) return;
  Object.defineProperty(settings, Symbol('fanfold: not to be copied'), {
    enumerable: true,
    configurable: false,
    get() {
      throw opensSecondConnection();
    },
  });
  Object.defineProperty(settings, 'stream', {
    enumerable: false,
    value: function refuse() {
      throw opensSecondConnection();
    },
  });
}
