import { knexSettingRefused } from './check-knex-settings.ts';
import type { Put } from './set-aside-settings.ts';

/** Settings about the migrations themselves, for which Fanfold has options. */
export interface KnexfileMigrations {
  readonly directory?: string | undefined;
  readonly tableName?: string | undefined;
  readonly disableTransactions?: boolean | undefined;
  /** Knex's `disableMigrationsListValidation`. */
  readonly allowMissing?: boolean | undefined;
  /** Only files with these extensions are migrations. */
  readonly loadExtensions?: readonly string[] | undefined;
}

/** Keys of `migrations` that do not affect how a migration runs. */
const MIGRATIONS_SET_ASIDE: Readonly<Record<string, string>> = {
  extension: 'migrate:make follows the existing files',
  stub: 'migrate:make has its own templates',
  sortDirsSeparately: 'there is only one folder',
};

const MIGRATIONS_REFUSED: Readonly<Record<string, string>> = {
  migrationSource: 'Fanfold reads the migrations from a folder',
  schemaName: "Knex's tables are in the tenant's own database",
  getNewMigrationName: 'migrate:make names files <timestamp>_<name>',
  lifecycle: 'Fanfold runs migrations one by one, without hooks around them',
  beforeAll: 'Fanfold runs migrations one by one, without hooks around them',
  afterAll: 'Fanfold runs migrations one by one, without hooks around them',
  beforeEach: 'Fanfold runs migrations one by one, without hooks around them',
  afterEach: 'Fanfold runs migrations one by one, without hooks around them',
};

/** The extensions of migrations that Fanfold runs. */
const RUN = ['.ts', '.js', '.mjs', '.cjs', '.mts', '.cts'];

/** Reads the settings below `migrations`. Throws `KnexSettingRefused` for those that are invalid or not supported. */
export function readKnexfileMigrations(migrations: unknown, put: Put): KnexfileMigrations {
  if (migrations === undefined || migrations === null) return {};
  if (typeof migrations !== 'object' || Array.isArray(migrations)) {
    throw knexSettingRefused('migrations', 'it must be an object');
  }
  const given = migrations as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null) continue;
    if (MIGRATIONS_REFUSED[name] !== undefined) {
      throw knexSettingRefused(`migrations.${name}`, MIGRATIONS_REFUSED[name]);
    }
    if (MIGRATIONS_SET_ASIDE[name] !== undefined) {
      put(`migrations.${name}`, MIGRATIONS_SET_ASIDE[name]);
    } else if (!READ.has(name)) throw knexSettingRefused(`migrations.${name}`);
  }
  return {
    directory: directoryOf(given.directory),
    tableName: textOf(given.tableName, 'tableName'),
    disableTransactions: flagOf(given.disableTransactions, 'disableTransactions'),
    allowMissing: flagOf(given.disableMigrationsListValidation, 'disableMigrationsListValidation'),
    loadExtensions: extensionsOf(given.loadExtensions),
  };
}

const READ = new Set([
  'directory',
  'tableName',
  'disableTransactions',
  'disableMigrationsListValidation',
  'loadExtensions',
]);

function directoryOf(directory: unknown): string | undefined {
  const all = Array.isArray(directory) ? directory : [directory];
  if (all.length > 1) {
    throw knexSettingRefused(
      'migrations.directory',
      `it names ${all.length} folders, but the tenants' migrations must be in one folder`,
      'one folder, or name it as "migrations.folder" in the configuration file',
    );
  }
  return textOf(all[0], 'directory');
}

function textOf(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw knexSettingRefused(`migrations.${name}`, 'it must be a string');
}

function flagOf(value: unknown, name: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  throw knexSettingRefused(`migrations.${name}`, 'it must be true or false');
}

function extensionsOf(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) {
    throw knexSettingRefused('migrations.loadExtensions', 'it must be a list of extensions');
  }
  const strange = value.filter((extension) => !RUN.includes(extension));
  if (strange.length > 0) {
    throw knexSettingRefused(
      'migrations.loadExtensions',
      `Fanfold does not run migrations that end in ${strange.join(', ')}`,
      RUN.join(', '),
    );
  }
  return value;
}
