import type { Knex } from 'knex';
import type {
  CentralDatabaseLogin,
  VerifiedTls,
} from '../../core/central/central-database-login.ts';
import { usingCentralKnex } from './central-knex.ts';

/**
 * Runs the pending migrations of the central database as one batch, by plain Knex. Returns the
 * names of what ran. Throws `FanfoldError`s with fault `configuration`.
 *
 * @param tls `undefined` for plain text, which belongs on loopback
 */
export function migrateCentralLatest(
  login: CentralDatabaseLogin,
  tls: VerifiedTls | undefined,
): Promise<readonly string[]> {
  return usingCentralKnex(login, tls, async ({ migrate }) => namesOf(await migrate.latest()));
}

/**
 * Takes the newest batch of the central database back, by plain Knex. Returns the names of what was
 * rolled back. A migration whose table holds rows refuses, and the batch ends there.
 */
export function rollbackCentral(
  login: CentralDatabaseLogin,
  tls: VerifiedTls | undefined,
): Promise<readonly string[]> {
  return usingCentralKnex(login, tls, async ({ migrate }) => namesOf(await migrate.rollback()));
}

/** Knex answers with the batch's number and the names. */
function namesOf([, names]: Awaited<ReturnType<Knex.Migrator['latest']>>): string[] {
  return names;
}
