import { FanfoldError } from '../../../../core/errors.ts';

/** The error for an operation that would wait forever on the only connection. */
export function needsSecondConnection(what: string): FanfoldError {
  return new FanfoldError(
    'MigrationNeedsSecondConnection',
    `${what} would need a second connection, which would wait forever for the first one.`,
    {
      fault: 'migration',
      nextStep:
        'Send the query through the transaction: trx("table") or query.transacting(trx) instead of knex("table").',
    },
  );
}

/** The error for a connection that a migration opens with the settings of the fenced one. */
function opensSecondConnection(): FanfoldError {
  return new FanfoldError(
    'MigrationNeedsSecondConnection',
    "A Knex or a connection with the configuration of the migration's Knex would be a second connection beside the fenced one: its changes would not be journaled, and would not stop when the fence is lost.",
    {
      fault: 'migration',
      nextStep:
        'Use the knex that the migration receives; for another database, name it in the query (knex.withSchema("other")).',
    },
  );
}

/**
 * Makes every attempt to connect with these settings fail, although they look as under plain Knex. Knex copies
 * them with a spread, which also reads symbols; mysql2 takes its socket from `stream`. `Object.keys`,
 * `for … in` and `JSON.stringify` show neither.
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
