import type { Connection } from 'mysql2';
import { FanfoldError } from '../../../../core/errors.ts';
import type { AfterCreate } from './knex-settings.ts';

/**
 * Runs the `pool.afterCreate` of a knexfile on the connection, once and before the first migration. It may call
 * `done` or return a promise. Throws `SessionSetUpFailed` with its error as the cause.
 */
export async function setUpSession(
  connection: Connection,
  afterCreate: AfterCreate | undefined,
): Promise<void> {
  if (afterCreate === undefined) return;
  try {
    await new Promise<void>((resolve, reject) => {
      const returned = afterCreate(connection, (error) => (error ? reject(error) : resolve()));
      // Under Knex it ends when it calls `done`; a function without that parameter ends when its promise settles.
      if (afterCreate.length < 2) Promise.resolve(returned).then(() => resolve(), reject);
      else if (returned instanceof Promise) returned.catch(reject);
    });
  } catch (error) {
    throw new FanfoldError(
      'SessionSetUpFailed',
      'The `pool.afterCreate` of the Knex settings failed on the connection to the tenant.',
      {
        fault: 'configuration',
        nextStep: 'Correct the function. The tenant was not changed.',
        cause: error,
      },
    );
  }
}
