import { escapeId } from 'mysql2';

/** The quoted names of the bookkeeping tables in a tenant's database. */
export interface KnexTables {
  /** Knex's list of applied migrations. */
  readonly migrations: string;
  /** The table with Knex's lock row. */
  readonly lock: string;
  /**
   * Fanfold's journal: the checksum of each applied migration (number 0), and the statements of a
   * half-applied one (from number 1).
   */
  readonly journal: string;
  /** Fanfold's record of decisions about half-applied migrations; created with the first row. */
  readonly audit: string;
  /** The places that backfills have reached; created with the first one. */
  readonly backfills: string;
  /** The list of dropped tables and columns whose values are kept; created with the first one. */
  readonly kept: string;
  /** The table options that Knex adds to its own tables, from the settings; may be empty. */
  readonly options: string;
}

/** The connection settings that Knex applies to each table that it creates. */
export interface TableDefaults {
  readonly charset?: string | undefined;
  readonly collate?: string | undefined;
}

/**
 * The tables for Knex's `tableName`; Knex derives the lock table's name in the same way. The names include
 * the database, because a migration may `USE` another one.
 */
export function knexTables(
  database: string,
  tableName: string,
  defaults: TableDefaults = {},
): KnexTables {
  const qualified = (table: string) => `${escapeId(database, true)}.${escapeId(table, true)}`;
  return {
    migrations: qualified(tableName),
    lock: qualified(`${tableName}_lock`),
    journal: qualified('fanfold_journal'),
    audit: qualified('fanfold_resolutions'),
    backfills: qualified('fanfold_backfills'),
    kept: qualified('fanfold_kept'),
    options: optionsOf(defaults),
  };
}

function optionsOf({ charset, collate }: TableDefaults): string {
  const set = charset === undefined || charset === '' ? '' : ` default character set ${charset}`;
  return collate === undefined || collate === '' ? set : `${set} collate ${collate}`;
}

/** The table names without the database, in lower case. */
export function ownTableNames({ options: _, ...tables }: KnexTables): ReadonlySet<string> {
  return new Set(Object.values(tables).map((quoted: string) => ownTableName(quoted).toLowerCase()));
}

/** The name of one of the tables without the database and its quotes. */
export function ownTableName(quoted: string): string {
  return quoted.split('`.`').at(-1)?.slice(0, -1).replaceAll('``', '`') ?? '';
}

/**
 * The statements that create missing tables. The first two equal those of Knex 3 (a test compares them), but
 * two sessions can run them at once, unlike Knex's.
 */
export function createTables({ migrations, lock, journal, options }: KnexTables): string[] {
  return [
    `create table if not exists ${migrations} (\`id\` int unsigned not null auto_increment primary key, \`name\` varchar(255), \`batch\` int, \`migration_time\` timestamp)${options}`,
    `create table if not exists ${lock} (\`index\` int unsigned not null auto_increment primary key, \`is_locked\` int)${options}`,
    `create table if not exists ${journal} (${JOURNAL_COLUMNS.join(', ')}, primary key (\`migration\`, \`direction\`, \`number\`)) ${JOURNAL_OPTIONS}`,
  ];
}

/**
 * Statistics are off because every query uses the key, and maintaining them in the background costs the
 * server as much as the rows themselves.
 */
const JOURNAL_OPTIONS =
  'engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin stats_persistent = 0 stats_auto_recalc = 0';
const JOURNAL_COLUMNS = [
  '`migration` varchar(255) not null',
  '`number` int unsigned not null default 0',
  '`checksum` char(64) not null',
  '`run_id` varchar(80) not null',
  '`recorded_at` timestamp not null default current_timestamp',
  "`direction` varchar(4) not null default 'up'",
  '`kind` varchar(9)',
  '`text` varchar(500)',
  '`bindings` char(64)',
  '`objects` text',
  '`states_before` text',
  '`done` tinyint not null default 1',
  '`answer` mediumtext',
  // The checksum of the migration's file when it sent the statement.
  '`file` char(64)',
  // The hash of the exact text and bindings.
  '`exact` char(64)',
  // JSON: counters of generated ids; for number 0 the settings and objects left in the session.
  '`state` mediumtext',
];

/** The statement that adds the missing columns to a journal of an earlier version. */
export function extendJournal({ journal }: KnexTables, existing: ReadonlySet<string>): string {
  const clauses = JOURNAL_COLUMNS.filter(
    (column) => !existing.has(/^`(\w+)`/.exec(column)?.[1] ?? ''),
  ).map((column) => `add column ${column}`);
  // The first version had one row per migration.
  if (!existing.has('number')) {
    clauses.push('drop primary key', 'add primary key (`migration`, `direction`, `number`)');
  }
  return `alter table ${journal} ${clauses.join(', ')}`;
}
