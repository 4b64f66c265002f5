import { type Command, Option } from 'commander';
import { wholeNumber } from './parse-number.ts';

/** How connections are encrypted. */
export interface TlsSetupOptions {
  readonly tls: 'auto' | 'required' | 'off';
  /** A file. */
  readonly ca?: string;
}

/** Where the migrations of the tenants are. */
export interface FolderOptions {
  readonly migrations: string;
  readonly allowDuplicateTimestamps?: boolean;
}

/** Where the migrations are, and how to reach and keep the books in tenant databases. */
export interface SetupOptions extends FolderOptions, TlsSetupOptions {
  readonly tableName: string;
  readonly disableTransactions?: boolean;
  /** Seconds. */
  readonly connectTimeout: number;
}

/** Where runs are kept. */
export interface RunStoreOptions {
  readonly runStore: string;
}

/** How results are shown. */
export interface OutputOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** Whether a report for CI systems is written. */
export interface JunitOptions {
  /** A file. */
  readonly junit?: string;
}

/** Adds the folder of the tenant migrations. */
export function addFolderOption(command: Command): Command {
  return command
    .optionsGroup('Setup:')
    .addOption(
      new Option('--migrations <dir>', 'folder of the tenant migrations')
        .env('FANFOLD_MIGRATIONS_DIR')
        .default('./migrations/tenant'),
    );
}

/** Adds the options that every command needs which looks into tenant databases. */
export function addSetupOptions(command: Command): Command {
  addFolderOption(command)
    .option('--allow-duplicate-timestamps', 'accept migrations that share a timestamp')
    .addOption(
      new Option('--table-name <name>', "Knex's table of applied migrations")
        .env('FANFOLD_TABLE_NAME')
        .default('knex_migrations'),
    )
    .option('--disable-transactions', 'run no migration inside a transaction');
  return addTlsOptions(command).addOption(
    new Option('--connect-timeout <seconds>', 'how long connecting to a tenant may take')
      .argParser(wholeNumber(1, 3_600))
      .default(10),
  );
}

/** Adds how connections are encrypted, to tenant databases and to the central one. */
export function addTlsOptions(command: Command): Command {
  return command
    .optionsGroup('Connections:')
    .addOption(
      new Option('--tls <mode>', 'encrypted connections; auto: wherever it is not loopback')
        .choices(['auto', 'required', 'off'])
        .env('FANFOLD_TLS')
        .default('auto'),
    )
    .addOption(
      new Option('--ca <file>', 'PEM file of a certificate authority to trust').env(
        'FANFOLD_CA_FILE',
      ),
    );
}

/** Adds the folder of the runs. */
export function addRunStoreOption(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .addOption(
      new Option('--run-store <dir>', 'folder that keeps runs and their reports')
        .env('FANFOLD_RUN_STORE')
        .default('.fanfold'),
    );
}

/** Adds how results are shown. */
export function addOutputOptions(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .option('--json', 'one JSON event a line on standard output, and nothing else there')
    .option('--verbose', 'every tenant, note and retry, also in a large fleet');
}

/** Adds the report for CI systems. */
export function addJunitOption(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .option('--junit <file>', 'write a JUnit report, with one test case a tenant');
}

/** Adds all that a command needs that runs over tenants and keeps the run. */
export function addRunSetupOptions(command: Command): Command {
  return addJunitOption(addOutputOptions(addRunStoreOption(addSetupOptions(command))));
}
