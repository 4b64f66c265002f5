import type { Knex } from 'knex';
import { escapeId } from 'mysql2';
import type { Migration } from '../../../../core/bundle/bundle.ts';
import { FanfoldError } from '../../../../core/errors.ts';
import { findServerError } from '../../../server/server-error.ts';
import { restoredRecord } from '../../bookkeeping/kept-table.ts';
import type { KnexTables } from '../../bookkeeping/knex-tables.ts';
import { query } from '../../connection/query.ts';
import type { SqlText } from '../../connection/sql-text.ts';
import type { Direction } from '../../journal/journaled-migration.ts';
import { circumstancesOf } from '../../locks/error-circumstances.ts';
import { hasOpenTransaction, startMigrationOn, withoutSql } from '../knex/fenced-knex.ts';
import { inertError } from '../knex/inert-error.ts';
import { tracingStrayErrors } from '../knex/stray-errors.ts';
import { abandonMigration } from './abandon-migration.ts';
import { restoreKept } from './keep/restore-kept.ts';
import { MigrationPaused } from './migration-paused.ts';
import type { MigrationStatements } from './migration-statements.ts';
import { RecordNotWritten } from './record-not-written.ts';
import { recordError, stepError } from './step-error.ts';

/** Options that the migrations of one attempt share. */
export interface RunMigrationOptions {
  readonly knex: Knex;
  readonly statements: MigrationStatements;
  readonly tables: KnexTables;
  /** Knex's `disableTransactions`: no transaction around a migration that does not request one. */
  readonly disableTransactions: boolean;
}

/** The direction of a migration, and how its end is recorded. */
export interface MigrationRun {
  readonly direction: Direction;
  readonly runId: string;
  /** Whether an earlier attempt has left it half-applied. */
  readonly isOpen: boolean;
  /** Returns the rows that record its end, when it has ended. */
  readonly record: () => readonly SqlText[];
  /** Releases Knex's lock, if no other migration follows. */
  readonly unlock?: readonly SqlText[] | undefined;
  /** Called when the record is durable. */
  readonly onRecorded: () => void;
  /** Called before every statement with which another attempt can resume; `true` pauses. */
  readonly pause?: (() => boolean) | undefined;
}

/** A migration's `up` or `down`. */
type Body = (knex: Knex) => unknown;

/**
 * Runs one migration as Knex does, or resumes it if it is half-applied. Its record is committed with the
 * migration's open transaction, or else with the next packet. Throws a `MigrationStepError`; nothing is
 * recorded then, nor if the migration was paused.
 */
export async function runMigration(
  migration: Migration,
  run: MigrationRun,
  options: RunMigrationOptions,
): Promise<'done' | 'paused'> {
  const { statements, disableTransactions } = options;
  const { session } = statements;
  let isRecorded = false;
  const onRecorded = (): void => {
    isRecorded = true;
    run.onRecorded();
  };
  const { connection, database } = session.facts;
  const module = await migration.load();
  const body = module[run.direction];
  if (body === undefined) throw withoutDown(migration.id);
  if (session.changedDatabase) await query(connection, `USE ${escapeId(database, true)}`);
  startMigrationOn(options.knex);
  const { id, checksum } = migration;
  await statements.start({ id, checksum, safety: module.safety, tables: options.tables, ...run });
  try {
    if (module.config?.transaction ?? !disableTransactions) {
      await runInTransaction(body, migration, { ...run, onRecorded }, options);
    } else {
      await runBare(body, migration, { ...run, onRecorded }, options);
    }
    return 'done';
  } catch (error) {
    // Queries that were started beside the failed statement may still run, and belong to this migration.
    await session.settled();
    const failure = session.refusal ?? error;
    const circumstances = await circumstancesOf(connection, findServerError(failure));
    const abandoned = { ...options, runId: run.runId };
    const { committed, unrecorded } = await abandonMigration(failure, abandoned);
    const cause = unrecorded ?? failure;
    if (cause instanceof MigrationPaused) return 'paused';
    if (cause instanceof RecordNotWritten) {
      // The record was refused at first, but written when the attempt ended.
      if (isRecorded && cause.migration === migration.id) return 'done';
      throw recordError(cause, database);
    }
    const shown = (text: string) => withoutSql(options.knex, text);
    throw stepError(cause, migration.id, session, { committed, ...circumstances, shown });
  } finally {
    statements.stopCommitting();
  }
}

async function runInTransaction(
  body: Body,
  migration: Migration,
  run: MigrationRun,
  options: RunMigrationOptions,
): Promise<void> {
  const work = async (trx: Knex.Transaction) => {
    await runBody(body, trx, migration, run, options);
    if (trx.isCompleted()) throw endedTransaction();
    // Knex commits now, together with the record.
    await writeRecord(migration.id, run, options);
  };
  // Knex's promise settles as soon as the migration itself commits or rolls back, before its code has ended.
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
  await runBody(body, options.knex, migration, run, options);
  if (hasOpenTransaction(options.knex)) throw leftTransactionOpen();
  await writeRecord(migration.id, run, options);
  // This ends a transaction that the migration started with raw SQL, including the record.
  const { sender } = options.statements;
  if (sender.state.open === 'migration' || sender.state.open === 'unknown') await sender.commit();
}

async function runBody(
  body: Body,
  knex: Knex,
  { id }: Migration,
  { direction }: MigrationRun,
  { statements, tables }: RunMigrationOptions,
): Promise<void> {
  const { session, replay } = statements;
  const { database } = session.facts;
  try {
    await tracingStrayErrors({ migration: id, database }, async () => {
      await body(knex);
      await session.settled();
      if (direction === 'down' && session.facts.observer === undefined)
        session.restored = await restoreKept(id, statements, tables);
      // Nothing can be recorded while tables are locked.
      const isLocked = statements.sender.state.tablesLocked;
      if (isLocked) await statements.run({ sql: 'UNLOCK TABLES', bindings: [] });
      replay.finish();
    });
    // Some errors end an attempt even if the migration continues after them.
    if (session.refusal !== undefined) throw session.refusal;
  } catch (error) {
    // An Error in any case, because Knex treats a transaction that rejects with `undefined` as a success.
    const thrown = session.refusal ?? replay.explain(inertError(error));
    // Other work that the migration started may continue, and must not run beside the next holder of the fence.
    session.refuse(thrown);
    throw thrown;
  }
}

/** Queues the record of the migration's end, which is committed with the next packet. */
async function writeRecord(
  migration: string,
  { record, unlock = [], onRecorded }: MigrationRun,
  { statements, tables }: RunMigrationOptions,
): Promise<void> {
  const { sender } = statements;
  statements.stopCommitting();
  await statements.unlockTables();
  const { hasUncommittedEffects } = sender.journal;
  const cleared = sender.journal.clear();
  const { restored } = statements.session;
  const texts = [
    ...record(),
    ...restoredRecord(restored, tables),
    ...(cleared === undefined ? [] : [cleared]),
    ...unlock,
  ];
  sender.records.add({ migration, texts, hasUncommittedEffects, onDurable: onRecorded });
}

function withoutDown(id: string): FanfoldError {
  return new FanfoldError('MigrationWithoutDown', `The migration ${id} exports no down.`, {
    fault: 'migration',
    nextStep: 'Roll it back by hand, or write a migration that undoes it.',
  });
}

function endedTransaction(): FanfoldError {
  return new FanfoldError(
    'MigrationEndedTransaction',
    'The migration committed or rolled back the transaction that Fanfold started for it.',
    {
      fault: 'migration',
      nextStep:
        'Leave commit and rollback to Fanfold; to manage transactions yourself, export `config = { transaction: false }`.',
    },
  );
}

function leftTransactionOpen(): FanfoldError {
  return new FanfoldError(
    'MigrationLeftTransactionOpen',
    'The migration opened a transaction and did not commit it or roll it back.',
    {
      fault: 'migration',
      nextStep: 'Await the transaction, or end it before the migration returns.',
    },
  );
}
