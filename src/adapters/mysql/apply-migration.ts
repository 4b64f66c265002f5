import type { Knex } from 'knex';
import { escapeId } from 'mysql2';
import type { Migration, MigrationModule } from '../../core/bundle/bundle.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { MigrationRecord } from '../../core/ports.ts';
import { hasOpenTransaction } from './fenced-client.ts';
import type { KnexTables } from './knex-tables.ts';
import type { MigrationSession } from './migration-session.ts';
import { query } from './query.ts';
import { stepError, thrownByMigration } from './step-error.ts';
import { tracingStrayErrors } from './stray-errors.ts';

export interface ApplyOptions {
  readonly knex: Knex;
  readonly session: MigrationSession;
  readonly tables: KnexTables;
  readonly database: string;
  /** Knex's `disableTransactions`: no transaction around a migration that does not ask for one. */
  readonly disableTransactions: boolean;
}

/**
 * Runs one migration as Knex does and records it. Each commits alone, with its record: in the same
 * transaction where it has one. Throws a `MigrationStepError`; nothing is recorded then.
 */
export async function applyMigration(
  migration: Migration,
  record: MigrationRecord,
  options: ApplyOptions,
): Promise<void> {
  const { session, disableTransactions } = options;
  const module = await migration.load();
  if (session.changedDatabase) {
    await query(session.connection, `USE ${escapeId(options.database, true)}`);
  }
  const transaction = module.config?.transaction ?? !disableTransactions;
  session.startMigration(transaction);
  try {
    if (transaction) {
      await applyInTransaction(module, migration, record, options);
    } else {
      await applyBare(module, migration, record, options);
    }
  } catch (error) {
    // What was started beside the failed statement may still run, and belongs to this migration.
    await session.settled();
    await session.abandonTransaction();
    throw stepError(error, migration.id, session, options.database);
  }
}

async function applyInTransaction(
  module: MigrationModule,
  migration: Migration,
  record: MigrationRecord,
  options: ApplyOptions,
): Promise<void> {
  const body = async (trx: Knex.Transaction) => {
    await up(module, trx, migration, options);
    if (trx.isCompleted()) throw endedTransaction();
    await query(options.session.connection, ...recordStatement(migration, record, options));
  };
  // Knex is done as soon as the migration itself commits or rolls back; what follows in it is not.
  let running: Promise<void> | undefined;
  try {
    await options.knex.transaction((trx) => {
      running = body(trx);
      return running;
    });
  } finally {
    await running;
  }
}

async function applyBare(
  module: MigrationModule,
  migration: Migration,
  record: MigrationRecord,
  options: ApplyOptions,
): Promise<void> {
  const { knex, session } = options;
  await up(module, knex, migration, options);
  if (hasOpenTransaction(knex)) throw leftTransactionOpen();
  const [sql, values] = recordStatement(migration, record, options);
  // Where the migration began a transaction by raw SQL it is still open: this ends it, record included.
  await query(session.connection, session.inTransaction ? `${sql};\nCOMMIT` : sql, values);
}

async function up(
  module: MigrationModule,
  knex: Knex,
  { id }: Migration,
  { session, database }: ApplyOptions,
): Promise<void> {
  try {
    await tracingStrayErrors({ migration: id, database }, async () => {
      await module.up(knex);
      await session.settled();
    });
  } catch (error) {
    // What else it started may go on, and would do so beside the next holder of the fence.
    session.refuseStatements();
    // Knex takes a transaction that ends with `undefined` for a success.
    throw thrownByMigration(error);
  }
}

/**
 * Knex's row and our checksums, in one packet and one transaction: the one that is open, or one of
 * their own where DDL has ended the one that Knex believes in.
 */
function recordStatement(
  migration: Migration,
  record: MigrationRecord,
  { session, tables }: ApplyOptions,
): [sql: string, values: unknown[]] {
  const insert = [
    `INSERT INTO ${tables.migrations} (\`batch\`, \`migration_time\`, \`name\`) VALUES (?, ?, ?)`,
    `INSERT INTO ${tables.journal} (\`migration\`, \`checksum\`, \`run_id\`) VALUES ? ON DUPLICATE KEY UPDATE \`checksum\` = VALUES(\`checksum\`), \`run_id\` = VALUES(\`run_id\`)`,
  ].join(';\n');
  const checksums = [...record.baseline, migration].map(({ id, checksum }) => [
    id,
    checksum,
    record.runId,
  ]);
  return [
    session.inTransaction ? insert : `START TRANSACTION;\n${insert};\nCOMMIT`,
    [record.batch, new Date(), record.name, checksums],
  ];
}

function endedTransaction(): FanfoldError {
  return new FanfoldError(
    'MigrationEndedTransaction',
    'The migration committed or rolled back the transaction that it was given.',
    {
      fault: 'migration',
      nextStep:
        'Leave commit and rollback to Fanfold; for transactions of your own export `config = { transaction: false }`.',
    },
  );
}

function leftTransactionOpen(): FanfoldError {
  return new FanfoldError(
    'MigrationLeftTransactionOpen',
    'The migration opened a transaction and neither committed nor rolled it back.',
    { fault: 'migration', nextStep: 'Await the transaction, or end it before `up` returns.' },
  );
}
