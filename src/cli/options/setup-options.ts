import { type Command, Option } from 'commander';
import { wholeNumber } from './parse-number.ts';
import { addSwitchOption } from './switch-option.ts';

/** How connections are encrypted. */
export interface TlsSetupOptions {
  readonly tls: 'auto' | 'required' | 'off';
  /** A file. */
  readonly ca?: string;
}

/** The folder of the tenant migrations. */
export interface FolderOptions {
  readonly migrations: string;
  readonly allowDuplicateTimestamps?: boolean;
}

/** The folder of the migrations, how to reach tenant databases, and their table of applied migrations. */
export interface SetupOptions extends FolderOptions, TlsSetupOptions {
  readonly tableName: string;
  readonly disableTransactions?: boolean;
  /** Seconds. */
  readonly connectTimeout: number;
}

/** The folder of the runs. */
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

/** Adds the options of every command that connects to tenant databases. */
export function addSetupOptions(command: Command): Command {
  addTableNameOption(
    addSwitchOption(
      addFolderOption(command),
      'allow-duplicate-timestamps',
      'accept migrations that share a timestamp',
    ),
  );
  addSwitchOption(command, 'disable-transactions', 'run migrations without a transaction');
  return addTlsOptions(command).addOption(
    new Option('--connect-timeout <seconds>', 'time limit for connecting to a tenant database')
      .argParser(wholeNumber(1, 3_600))
      .default(10),
  );
}

/** Adds the name of the table that Knex keeps in each tenant. */
export function addTableNameOption(command: Command): Command {
  return command
    .optionsGroup('Setup:')
    .addOption(
      new Option('--table-name <name>', "Knex's table of applied migrations")
        .env('FANFOLD_TABLE_NAME')
        .default('knex_migrations'),
    );
}

/** Adds the options for encrypting connections to tenant databases and to the central database. */
export function addTlsOptions(command: Command): Command {
  return command
    .optionsGroup('Connections:')
    .addOption(
      new Option('--tls <mode>', 'encrypt connections; auto: all but loopback')
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

/** Adds the folder in which runs are stored. */
export function addRunStoreOption(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .addOption(
      new Option('--run-store <dir>', 'folder for runs and their reports')
        .env('FANFOLD_RUN_STORE')
        .default('.fanfold'),
    );
}

/** Adds the options for how results are shown. */
export function addOutputOptions(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .option('--json', 'print only JSON on standard output, one event per line')
    .option('--verbose', 'show every tenant, note and retry, even in a large fleet');
}

/** Adds the report for CI systems. */
export function addJunitOption(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .option('--junit <file>', 'write a JUnit report with one test case per tenant');
}

/** Adds all options of a command that runs over tenants and stores the run. */
export function addRunSetupOptions(command: Command): Command {
  return addJunitOption(addOutputOptions(addRunStoreOption(addSetupOptions(command))));
}
