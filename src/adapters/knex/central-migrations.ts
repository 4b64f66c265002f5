import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { CentralAccess } from '../../core/central/central-access.ts';
import { locked } from './central-error.ts';
import { usingCentralKnex } from './central-knex.ts';
import { centralMigrationSource } from './central-migration-source.ts';
import {
  dropEmptyHistory,
  dropMadeSince,
  HISTORY,
  isNewFleet,
  readTables,
  refuseFullTables,
} from './central-tables.ts';

/** How long another process that migrates the central database is waited for. */
const LOCK_SECONDS = 10;

/**
 * Runs the pending migrations of the central database as one batch, by plain Knex: what is ours beside a
 * product's own table of tenants, and in an empty database that table as well. Returns the names of what
 * ran. If it fails, what it has made is taken away again. Throws `FanfoldError`s with fault
 * `configuration`.
 */
export function migrateCentralLatest(access: CentralAccess): Promise<readonly string[]> {
  return usingMigrationLock(access, async (central) => {
    const before = await readTables(central);
    const isNew = await isNewFleet(central, access.login.database, before, access.tenants);
    try {
      return namesOf(await central.migrate.latest(migratorConfig(isNew)));
    } catch (error) {
      // Whoever lost the connection cannot clean up either; the error that ended it counts.
      await dropMadeSince(central, before).catch(() => undefined);
      throw error;
    }
  });
}

/**
 * Takes the newest batch of the central database back, by plain Knex. Returns the names of what was
 * rolled back. A migration whose table holds rows refuses, and the batch ends there.
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
 * Neither `directory` nor `loadExtensions` nor `sortDirsSeparately` beside the source: with one of them
 * Knex drops the source and reads a folder.
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
  // A name has 64 characters at most, as a database has.
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

/** Knex answers with the batch's number and the names. */
function namesOf([, names]: Awaited<ReturnType<Knex.Migrator['latest']>>): string[] {
  return names;
}
