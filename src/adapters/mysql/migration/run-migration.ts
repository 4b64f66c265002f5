import type { Knex } from 'knex';
import { escapeId } from 'mysql2';
import type { Migration } from '../../../core/bundle/bundle.ts';
import { FanfoldError } from '../../../core/errors.ts';
import { query } from '../connection/query.ts';
import { sendTexts } from '../connection/send-texts.ts';
import { findServerError } from '../connection/server-error.ts';
import type { SqlText } from '../connection/sql-text.ts';
import type { Direction } from '../journal/statement-journal.ts';
import { describeBlockers } from '../locks/lock-blockers.ts';
import { abandonMigration } from './abandon-migration.ts';
import { hasOpenTransaction } from './fenced-client.ts';
import { MigrationPaused } from './migration-paused.ts';
import type { MigrationSession } from './migration-session.ts';
import type { MigrationStatements } from './migration-statements.ts';
import { RecordNotWritten } from './record-not-written.ts';
import { recordError, stepError, thrownByMigration } from './step-error.ts';
import { tracingStrayErrors } from './stray-errors.ts';

/** What migrations of one attempt have in common. */
export interface RunMigrationOptions {
  readonly knex: Knex;
  readonly session: MigrationSession;
  readonly statements: MigrationStatements;
  readonly database: string;
  /** Knex's `disableTransactions`: no transaction around a migration that does not ask for one. */
  readonly disableTransactions: boolean;
}

/** Which way a migration is run, and how that is written down. */
export interface MigrationRun {
  readonly direction: Direction;
  readonly runId: string;
  /** Whether an earlier attempt has left it half-way. */
  readonly isOpen: boolean;
  /** What says in the database that it has ended. */
  readonly record: readonly SqlText[];
  /**
   * Gives Knex's lock back where nothing comes behind it: in the migration's own transaction, so that
   * a process which is killed behind its COMMIT leaves no lock that nobody needs any more.
   */
  readonly unlock?: string | undefined;
  /** Asked before every statement that another attempt can begin with. */
  readonly pause?: (() => boolean) | undefined;
}

/** ER_LOCK_WAIT_TIMEOUT */
const LOCK_WAIT_TIMEOUT = 1205;

/** What Knex hands a migration, and what is run with it. */
type Body = (knex: Knex) => unknown;

/**
 * Runs one migration as Knex does and records it, or goes on with it where an earlier attempt has left
 * it. Its record is in the transaction that it has open; else it waits to be committed along with what
 * comes next. Throws a `MigrationStepError`; nothing is recorded then, nor where it was paused.
 */
export async function runMigration(
  migration: Migration,
  run: MigrationRun,
  options: RunMigrationOptions,
): Promise<'done' | 'paused'> {
  const { session, statements, database, disableTransactions } = options;
  const module = await migration.load();
  const body = module[run.direction];
  if (body === undefined) throw noWayBack(migration.id);
  if (session.changedDatabase) await query(session.connection, `USE ${escapeId(database, true)}`);
  await statements.start({ id: migration.id, ...run });
  try {
    if (module.config?.transaction ?? !disableTransactions) {
      await runInTransaction(body, migration, run, options);
    } else {
      await runBare(body, migration, run, options);
    }
    return 'done';
  } catch (error) {
    // What was started beside the failed statement may still run, and belongs to this migration.
    await session.settled();
    const unrecorded = await recordNotWritten(statements);
    const cause = unrecorded ?? session.refusal ?? error;
    const blockers =
      findServerError(cause)?.errno === LOCK_WAIT_TIMEOUT
        ? await describeBlockers(session.connection)
        : undefined;
    const committed = await abandonMigration(cause, options);
    if (cause instanceof MigrationPaused) return 'paused';
    if (cause instanceof RecordNotWritten) throw recordError(cause, database);
    throw stepError(cause, migration.id, session, { committed, blockers, database });
  }
}

async function runInTransaction(
  body: Body,
  migration: Migration,
  run: MigrationRun,
  options: RunMigrationOptions,
): Promise<void> {
  const work = async (trx: Knex.Transaction) => {
    await runBody(body, trx, migration, options);
    if (trx.isCompleted()) throw endedTransaction();
    await writeRecord(migration.id, run, options);
  };
  // Knex is done as soon as the migration itself commits or rolls back; what follows in it is not.
  let running: Promise<void> | undefined;
  try {
    await options.knex.transaction((trx) => {
      running = work(trx);
      return running;
    });
  } finally {
    await running;
  }
}

async function runBare(
  body: Body,
  migration: Migration,
  run: MigrationRun,
  options: RunMigrationOptions,
): Promise<void> {
  const { knex, session } = options;
  await runBody(body, knex, migration, options);
  if (hasOpenTransaction(knex)) throw leftTransactionOpen();
  await writeRecord(migration.id, run, options);
  // Where the migration began a transaction by raw SQL it is still open: this ends it, record included.
  if (session.inTransaction && !session.bookkeepingOnly) {
    session.learn(await query(session.connection, 'COMMIT'));
  }
}

async function runBody(
  body: Body,
  knex: Knex,
  { id }: Migration,
  { session, statements, database }: RunMigrationOptions,
): Promise<void> {
  try {
    await tracingStrayErrors({ migration: id, database }, async () => {
      await body(knex);
      await session.settled();
      statements.finish();
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

/** Writes that the migration has ended: in the transaction that it has open, or along with what comes next. */
async function writeRecord(
  id: string,
  { record, unlock }: MigrationRun,
  { session, statements }: RunMigrationOptions,
): Promise<void> {
  const cleared = statements.journal.clear();
  const texts = [...record, ...(cleared === undefined ? [] : [cleared])];
  if (!session.inTransaction) {
    await statements.record.hold({ migration: id, texts });
    return;
  }
  if (unlock !== undefined) texts.push({ sql: unlock, values: [] });
  session.learn(await sendTexts(session.connection, texts));
}

/** Why the record of the migration before cannot be written, where it still waits to be and cannot. */
async function recordNotWritten(
  statements: MigrationStatements,
): Promise<RecordNotWritten | undefined> {
  try {
    await statements.record.send();
  } catch (error) {
    if (error instanceof RecordNotWritten) return error;
    // The connection is gone, and that is told otherwise.
  }
  return undefined;
}

function noWayBack(id: string): FanfoldError {
  return new FanfoldError('MigrationWithoutDown', `The migration ${id} exports no down.`, {
    fault: 'migration',
    nextStep: 'Take it back by hand, or write a migration that undoes it.',
  });
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
    {
      fault: 'migration',
      nextStep: 'Await the transaction, or end it before the migration returns.',
    },
  );
}
