import type { Knex } from 'knex';
import { escapeId } from 'mysql2';
import type { Migration, MigrationModule } from '../../core/bundle/bundle.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { MigrationRecord } from '../../core/ports.ts';
import { abandonMigration } from './abandon-migration.ts';
import { hasOpenTransaction } from './fenced-client.ts';
import type { KnexTables } from './knex-tables.ts';
import type { MigrationSession } from './migration-session.ts';
import type { MigrationStatements } from './migration-statements.ts';
import { query } from './query.ts';
import { stepError, thrownByMigration } from './step-error.ts';
import { tracingStrayErrors } from './stray-errors.ts';

export interface ApplyOptions {
  readonly knex: Knex;
  readonly session: MigrationSession;
  readonly statements: MigrationStatements;
  readonly tables: KnexTables;
  readonly database: string;
  /** Knex's `disableTransactions`: no transaction around a migration that does not ask for one. */
  readonly disableTransactions: boolean;
  /** Ids of migrations that an earlier attempt has left half-way. */
  readonly open: ReadonlySet<string>;
}

/**
 * Runs one migration as Knex does and records it, or goes on with it where an earlier attempt has left
 * it. Its record is in the transaction that it has open; else it waits to be committed along with what
 * comes next. Throws a `MigrationStepError`; nothing is recorded then.
 */
export async function applyMigration(
  migration: Migration,
  record: MigrationRecord,
  options: ApplyOptions,
): Promise<void> {
  const { session, statements, database, disableTransactions } = options;
  const module = await migration.load();
  if (session.changedDatabase) await query(session.connection, `USE ${escapeId(database, true)}`);
  const { id } = migration;
  await statements.start({
    id,
    direction: 'up',
    runId: record.runId,
    isOpen: options.open.has(id),
  });
  try {
    if (module.config?.transaction ?? !disableTransactions) {
      await applyInTransaction(module, migration, record, options);
    } else {
      await applyBare(module, migration, record, options);
    }
  } catch (error) {
    // What was started beside the failed statement may still run, and belongs to this migration.
    await session.settled();
    const cause = session.refusal ?? error;
    const committed = await abandonMigration(cause, options);
    throw stepError(cause, id, session, committed, database);
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
    await writeRecord(migration, record, options);
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
  await writeRecord(migration, record, options);
  // Where the migration began a transaction by raw SQL it is still open: this ends it, record included.
  if (session.inTransaction && !session.bookkeepingOnly) {
    session.learn(await query(session.connection, 'COMMIT'));
  }
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
    // Some errors end an attempt also where the migration goes on after them.
    if (session.refusal !== undefined) throw session.refusal;
  } catch (error) {
    // Knex takes a transaction that ends with `undefined` for a success.
    const thrown = thrownByMigration(error);
    // What else it started may go on, and would do so beside the next holder of the fence.
    session.refuse(thrown);
    throw thrown;
  }
}

/**
 * Knex's row and our checksums, in one packet and one transaction: the one that is open; or a new one,
 * which is committed along with the intent of the next migration's first statement. With them go the
 * statements, which say that the migration is half-way.
 */
async function writeRecord(
  migration: Migration,
  record: MigrationRecord,
  { session, statements, tables }: ApplyOptions,
): Promise<void> {
  const checksums = [...record.baseline, migration].map(({ id, checksum }) => [
    id,
    checksum,
    record.runId,
  ]);
  const cleared = statements.journal.clear();
  const startsAnew = !session.inTransaction;
  const texts = [
    ...(startsAnew ? [{ sql: 'START TRANSACTION', values: [] }] : []),
    {
      sql: `INSERT INTO ${tables.migrations} (\`batch\`, \`migration_time\`, \`name\`) VALUES (?, ?, ?)`,
      values: [record.batch, new Date(), record.name],
    },
    {
      sql: `INSERT INTO ${tables.journal} (\`migration\`, \`checksum\`, \`run_id\`) VALUES ? ON DUPLICATE KEY UPDATE \`checksum\` = VALUES(\`checksum\`), \`run_id\` = VALUES(\`run_id\`)`,
      values: [checksums],
    },
    ...(cleared === undefined ? [] : [cleared]),
  ];
  const answer = await query(
    session.connection,
    texts.map(({ sql }) => sql).join(';\n'),
    texts.flatMap(({ values }) => values),
  );
  session.bookkeepingOnly ||= startsAnew;
  session.learn(answer);
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
