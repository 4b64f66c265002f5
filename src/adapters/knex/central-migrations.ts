import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { CentralAccess } from '../../core/central/central-access.ts';
import { locked } from './central-error.ts';
import { usingCentralKnex } from './central-knex.ts';
import { centralMigrationSource } from './central-migration-source.ts';
import {
  dropCreatedSince,
  dropEmptyHistory,
  HISTORY,
  isNewFleet,
  readTables,
  refuseFullTables,
} from './central-tables.ts';

/** The time to wait for another process that migrates the central database. */
const LOCK_SECONDS = 10;

/**
 * Runs the pending migrations of the central database as one batch, by plain Knex: they create Fanfold's
 * own tables beside a product's table of tenants, and in an empty database that table too. Returns the
 * names of the migrations that ran. If one fails, the tables created so far are dropped. Throws
 * `FanfoldError`s with fault `configuration`.
 */
export function migrateCentralLatest(access: CentralAccess): Promise<readonly string[]> {
  return usingMigrationLock(access, async (central) => {
    const before = await readTables(central);
    const isNew = await isNewFleet(central, access.login.database, before, access.tenants);
    try {
      return namesOf(await central.migrate.latest(migratorConfig(isNew)));
    } catch (error) {
      // Cleaning up fails too if the connection is lost; the first error is the one to report.
      await dropCreatedSince(central, before).catch(() => undefined);
      throw error;
    }
  });
}

/**
 * Rolls back the newest batch of the central database, by plain Knex. Returns the names of the migrations
 * that were rolled back. A migration whose table has rows refuses.
 */
export function rollbackCentral(access: CentralAccess): Promise<readonly string[]> {
  return usingMigrationLock(access, async (central) => {
    if (!(await readTables(central)).includes(HISTORY)) return [];
    await refuseFullTables(central);
    const names = namesOf(await central.migrate.rollback(migratorConfig(true)));
    await dropEmptyHistory(central);
    return names;
  });
}

/**
 * Sets none of `directory`, `loadExtensions` and `sortDirsSeparately`: with one of them Knex ignores the
 * source and reads a folder.
 */
function migratorConfig(isNew: boolean): Knex.MigratorConfig {
  return { tableName: HISTORY, migrationSource: centralMigrationSource(isNew) };
}

/** One process at a time: Knex takes its own lock only once its tables are there. */
function usingMigrationLock<Result>(
  access: CentralAccess,
  work: (central: Knex) => Promise<Result>,
): Promise<Result> {
  const { login } = access;
  // The database is hashed because a lock name, like a database name, has 64 characters at most.
  const name = `fanfold-central:${createHash('md5').update(login.database).digest('hex')}`;
  return usingCentralKnex(access, async (central) => {
    const [[row]] = await central.raw('SELECT GET_LOCK(?, ?) AS taken', [name, LOCK_SECONDS]);
    if (Number(row?.taken) !== 1) throw locked(login);
    try {
      return await work(central);
    } finally {
      await central.raw('SELECT RELEASE_LOCK(?)', [name]).catch(() => undefined);
    }
  });
}

/** Knex returns the batch number and the names. */
function namesOf([, names]: Awaited<ReturnType<Knex.Migrator['latest']>>): string[] {
  return names;
}
