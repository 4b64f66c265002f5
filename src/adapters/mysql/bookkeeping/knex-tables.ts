import { escapeId } from 'mysql2';

/** Names of the tables in which a tenant's database says how far it is, quoted for SQL. */
export interface KnexTables {
  /** Knex's own list of what is applied. */
  readonly migrations: string;
  /** Knex's own lock row. */
  readonly lock: string;
  /**
   * Fanfold's: a checksum for each applied migration (number 0), and the statements of one that is
   * half-applied (from number 1).
   */
  readonly journal: string;
  /** Fanfold's: who decided what about a half-applied migration. Made with the first row. */
  readonly audit: string;
  /** What Knex writes behind the columns of its own tables: those of the settings, or nothing. */
  readonly options: string;
}

/** The settings of a connection that Knex gives each table that it makes. */
export interface TableDefaults {
  readonly charset?: string | undefined;
  readonly collate?: string | undefined;
}

/**
 * The tables for Knex's `tableName`; Knex itself derives the lock table's name like this. They are
 * named with their database, since a migration may `USE` another one.
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
    options: optionsOf(defaults),
  };
}

function optionsOf({ charset, collate }: TableDefaults): string {
  const set = charset === undefined || charset === '' ? '' : ` default character set ${charset}`;
  return collate === undefined || collate === '' ? set : `${set} collate ${collate}`;
}

/** The names alone, in lower case. */
export function ownTableNames({ options: _, ...tables }: KnexTables): ReadonlySet<string> {
  const name = (quoted: string) =>
    quoted.split('`.`').at(-1)?.slice(0, -1).replaceAll('``', '`') ?? '';
  return new Set(Object.values(tables).map((quoted: string) => name(quoted).toLowerCase()));
}

/**
 * Statements that create what is missing. The first two are what Knex 3 itself compiles (a test
 * compares), but safe when two create them at once, which Knex's are not.
 */
export function createTables({ migrations, lock, journal, options }: KnexTables): string[] {
  return [
    `create table if not exists ${migrations} (\`id\` int unsigned not null auto_increment primary key, \`name\` varchar(255), \`batch\` int, \`migration_time\` timestamp)${options}`,
    `create table if not exists ${lock} (\`index\` int unsigned not null auto_increment primary key, \`is_locked\` int)${options}`,
    `create table if not exists ${journal} (${JOURNAL_COLUMNS.join(', ')}, primary key (\`migration\`, \`direction\`, \`number\`)) ${JOURNAL_OPTIONS}`,
  ];
}

/**
 * Every query goes by the key, so statistics are of no use, and to keep them in the background costs the
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
  // Of the migration's file, when it sent the statement.
  '`file` char(64)',
  // Of text and bindings to the letter.
  '`exact` char(64)',
  // JSON: counters of generated ids; for number 0 what the migration left in the session.
  '`state` mediumtext',
];

/** The statement that gives a journal of an earlier version the columns that it lacks. */
export function extendJournal({ journal }: KnexTables, existing: ReadonlySet<string>): string {
  const clauses = JOURNAL_COLUMNS.filter(
    (column) => !existing.has(/^`(\w+)`/.exec(column)?.[1] ?? ''),
  ).map((column) => `add column ${column}`);
  // The first version kept one row a migration.
  if (!existing.has('number')) {
    clauses.push('drop primary key', 'add primary key (`migration`, `direction`, `number`)');
  }
  return `alter table ${journal} ${clauses.join(', ')}`;
}
