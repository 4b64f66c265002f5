import { setTimeout as delay } from 'node:timers/promises';
import { escapeId } from 'mysql2';
import { type Backfill, MOST_ROWS } from '../../../../../core/backfill/backfill.ts';
import type { BackfillProgress } from '../../../../../core/backfill/backfill-progress.ts';
import {
  DEFAULT_PACE,
  FIRST_ROWS,
  fewerRows,
  mostRowsOf,
  nextBatchRows,
  restAfter,
} from '../../../../../core/backfill/batch-size.ts';
import {
  type HostLoad,
  type HostStrain,
  strainOf,
  unreadSigns,
} from '../../../../../core/backfill/host-strain.ts';
import type { Migration } from '../../../../../core/bundle/bundle.ts';
import type { RunSteps } from '../../../../../core/ports.ts';
import { isConnectionLost } from '../../../../server/connection-lost.ts';
import { ERRNO } from '../../../../server/errno.ts';
import { findServerError } from '../../../../server/server-error.ts';
import {
  type BackfillPlace,
  BEGIN_AGAIN,
  beginPlace,
  createBackfills,
  finishPlace,
  readPlaces,
  whyNotContinued,
} from '../../../bookkeeping/backfills-table.ts';
import { query } from '../../../connection/query.ts';
import type { SqlText } from '../../../connection/sql-text.ts';
import { circumstancesOf } from '../../../locks/error-circumstances.ts';
import { knexOnSession, stopKnex, withoutSql } from '../../knex/fenced-knex.ts';
import type { RunMigrationsOptions } from '../run-migrations-options.ts';
import { stepError } from '../step-error.ts';
import { backfillRefused } from './backfill-refused.ts';
import { type Batch, BatchSender } from './batch-sender.ts';
import { BatchStatements } from './batch-statements.ts';
import { checkBackfillSql } from './check-backfill-sql.ts';
import {
  areRowsKept,
  beginKeptRows,
  type KeptRows,
  keptRowCount,
  planKeptRows,
} from './kept-rows.ts';
import { readWalkedTable, type WalkedTable } from './walked-table.ts';

/** How a backfill runs, and how its end is recorded. */
export interface BackfillRun extends Pick<RunSteps, 'runId' | 'pause' | 'backfills'> {
  /** Returns the rows that record its end. */
  readonly record: () => readonly SqlText[];
  /** Releases Knex's lock, if no other migration follows. */
  readonly unlock: readonly SqlText[];
  /** Called with the rows that it changed over all its attempts, when the record is durable. */
  readonly onRecorded: (rowsChanged: number) => void;
}

/** The time between two looks for others who wait for the tenant. */
const LOOK_MS = 1_000;
/** Attempts at one batch that another session is in the way of. */
const MOST_TRIES = 8;

/**
 * Walks over the rows of a backfill from the place that it has reached. Each batch is committed together with
 * its place. Throws a `MigrationStepError`; what was committed before stays.
 */
export async function runBackfill(
  migration: Migration,
  backfill: Backfill,
  run: BackfillRun,
  options: RunMigrationsOptions,
): Promise<'done' | 'paused'> {
  const { statements, tables } = options;
  const { session, sender } = statements;
  const { connection, database } = session.facts;
  // Records of migrations before it, which must not wait for the end of the walk.
  await sender.commit();
  if (session.changedDatabase) await query(connection, `USE ${escapeId(database, true)}`);
  session.startMigration();
  session.facts.observer?.started(migration.id);
  const batchStatements = new BatchStatements(session);
  const { classes, knexSettings } = options;
  const knex = knexOnSession(session, batchStatements, database, classes, knexSettings);
  let rowsChanged = 0;
  let counted: SqlText[] = [];
  try {
    const table = await readWalkedTable(connection, database, backfill.table);
    checkBackfillSql(backfill, table, session.sqlMode);
    batchStatements.walked = { name: backfill.table, key: table.key };
    // A scratch database has nobody's values, and its shape is compared.
    const keeps = backfill.keep === true && session.facts.observer === undefined;
    const kept = keeps ? await keptOf(migration, backfill, options) : undefined;
    const place = await placeOf(migration, { table, kept, backfill }, run, options);
    const batches = new BatchSender({
      ...{ migration: migration.id, runId: run.runId, backfill, table, session, tables },
      ...{ statements: batchStatements, knex, kept: kept?.rows, replicas: options.replicas },
    });
    await batches.chooseIsolation();
    const strain = (load: HostLoad) => strainOf(load, options.replicas?.maxLagSeconds);
    const most = mostRowsOf(place.rowsExpected, backfill.batch ?? MOST_ROWS);
    const ended = await walk(batches, place, {
      ...run,
      mostRows: most,
      strainOf: strain,
      looksFirst: options.replicas !== undefined,
    });
    if (ended === 'paused') return 'paused';
    rowsChanged = ended.rowsChanged;
    if (kept !== undefined) counted = [keptRowCount(kept.rows, tables)];
  } catch (error) {
    if (isConnectionLost(error)) session.isLost = true;
    const circumstances = await circumstancesOf(connection, findServerError(error));
    const shown = (text: string) => withoutSql(knex, text);
    throw stepError(error, migration.id, session, { committed: 0, ...circumstances, shown });
  } finally {
    stopKnex(knex);
  }
  const texts = [...run.record(), ...counted, finishPlace(migration.id, tables), ...run.unlock];
  sender.records.add({
    migration: migration.id,
    texts,
    hasUncommittedEffects: false,
    onDurable: () => run.onRecorded(rowsChanged),
  });
  return 'done';
}

/** The place at which the walk begins. Throws `BackfillRefused` if it began with another file or key. */
async function placeOf(
  { id, checksum }: Migration,
  { table, kept, backfill }: { table: WalkedTable; kept: Kept | undefined; backfill: Backfill },
  { runId }: BackfillRun,
  { statements, tables }: RunMigrationsOptions,
): Promise<BackfillPlace> {
  const { session, sender } = statements;
  const { key, rowsExpected } = table;
  const keyColumns = key.map(({ name }) => name);
  const places = await readPlaces(session.connection, tables);
  const place = places.find(({ migration }) => migration === id);
  if (place === undefined || place.isFinished) {
    if (places.length === 0) await query(session.connection, createBackfills(tables));
    const begun = { migration: id, checksum, keyColumns, rowsExpected, batchRows: FIRST_ROWS };
    await kept?.begin(table, runId);
    await sender.write([beginPlace(begun, runId, tables)]);
    return { ...begun, position: undefined, rowsDone: 0, rowsChanged: 0, isFinished: false };
  }
  const why = whyNotContinued(place, { checksum, keyColumns });
  if (why !== undefined) throw backfillRefused(why.reason, why.nextStep);
  if (kept !== undefined && !(await kept.isThere())) {
    throw backfillRefused(
      `The backfill has begun in this tenant with prior values of ${JSON.stringify(backfill.table)} kept in ${kept.rows.name}, and they are not there any more.`,
      BEGIN_AGAIN,
    );
  }
  return place;
}

/** The prior values of a backfill. */
interface Kept {
  readonly rows: KeptRows;
  begin(table: WalkedTable, runId: string): Promise<void>;
  isThere(): Promise<boolean>;
}

async function keptOf(
  { id: migration }: Migration,
  backfill: Backfill,
  { statements, tables }: RunMigrationsOptions,
): Promise<Kept> {
  const { session, sender } = statements;
  const { connection, database } = session.facts;
  const of = { connection, database, migration, table: backfill.table, tables };
  const rows = await planKeptRows(backfill, session.sqlMode, of);
  const write = (texts: readonly SqlText[]) => sender.write(texts);
  return {
    rows,
    begin: (table, runId) => beginKeptRows(rows, table, runId, { ...of, write }),
    isThere: () => areRowsKept(rows, of),
  };
}

interface WalkOptions extends Pick<BackfillRun, 'pause' | 'backfills'> {
  readonly mostRows: number;
  readonly strainOf: (load: HostLoad) => HostStrain;
  /** Whether the first batch waits for the first look: replicas that are late stay so while small tenants follow one another. */
  readonly looksFirst: boolean;
}

/** Goes from batch to batch until there are no more rows, or until it is paused. */
async function walk(
  batches: BatchSender,
  place: BackfillPlace,
  { pause, backfills, mostRows, strainOf, looksFirst }: WalkOptions,
): Promise<{ readonly rowsChanged: number } | 'paused'> {
  const { migration, rowsExpected } = place;
  const startedAt = performance.now();
  let load: HostLoad | undefined;
  let nextLook = looksFirst ? startedAt : startedAt + LOOK_MS;
  let { position, rowsDone, rowsChanged } = place;
  let rows = Math.min(place.batchRows, mostRows);
  const isPaused = () => pause?.() === true || backfills?.pause?.() === true;
  const tell = () => {
    const seconds = (performance.now() - startedAt) / 1_000;
    backfills?.onProgress?.({
      ...{ migration, rowsDone, rowsChanged },
      ...(rowsExpected !== undefined && { rowsExpected }),
      rowsPerSecond: Math.round((rowsDone - place.rowsDone) / Math.max(seconds, 0.001)),
      ...(load && loadSigns(load, strainOf(load))),
    });
  };
  for (;;) {
    for (let isHeld = performance.now() >= nextLook; isHeld; ) {
      // Schema changes must not wait for hours: the next attempt takes its turn after them.
      const seen = await batches.look();
      if (seen.isAwaited) return 'paused';
      load = seen.load;
      nextLook = performance.now() + LOOK_MS;
      isHeld = strainOf(load).most === 0;
      if (!isHeld) break;
      tell();
      if (isPaused()) return 'paused';
      await delay(LOOK_MS);
    }
    if (isPaused()) return 'paused';
    const began = performance.now();
    const batch = await batches.find(position, rows);
    if (batch === undefined) return { rowsChanged };
    const done = await changeBatch(batches, batch, rows);
    const tookMs = performance.now() - began;
    position = done.batch.upper;
    rowsDone += done.batch.rows;
    rowsChanged += done.changed;
    // The last batch is smaller than its limit, and shows nothing about the next one.
    if (done.batch.rows > 0) rows = nextBatchRows(done.batch.rows, tookMs, mostRows);
    tell();
    const most = load === undefined ? 1 : strainOf(load).most;
    const pace = Math.min(backfills?.pace?.() ?? DEFAULT_PACE, most);
    if (!isPaused()) await delay(restAfter(tookMs, pace));
  }
}

/** The signs of the load for a report: those that slow the backfill down, and those that cannot be read. */
function loadSigns(
  load: HostLoad,
  { because, replicas }: HostStrain,
): Pick<BackfillProgress, 'slowedBy' | 'unread' | 'replicas'> {
  const unread = unreadSigns(load);
  return {
    ...(because.length > 0 && { slowedBy: because }),
    ...(unread.length > 0 && { unread }),
    ...(replicas.length > 0 && { replicas }),
  };
}

/** Changes a batch; if another session is in the way, a smaller one, after a short rest. */
async function changeBatch(
  batches: BatchSender,
  found: Batch,
  mostRows: number,
): Promise<{ batch: Batch; changed: number }> {
  let batch: Batch | undefined = found;
  let rows = mostRows;
  for (let tries = 1; ; tries++) {
    try {
      return { batch, changed: await batches.run(batch, rows) };
    } catch (error) {
      if (!isInTheWay(error) || tries === MOST_TRIES) throw error;
      await delay(100 * tries);
      rows = fewerRows(rows);
      batch = await batches.find(found.lower, rows);
      // Somebody has deleted the rows meanwhile, so that an empty batch moves the place on.
      batch ??= { ...found, rows: 0 };
    }
  }
}

function isInTheWay(error: unknown): boolean {
  const errno = findServerError(error)?.errno;
  return (
    errno === ERRNO.ER_LOCK_WAIT_TIMEOUT ||
    errno === ERRNO.ER_LOCK_DEADLOCK ||
    errno === ERRNO.ER_CHECKREAD
  );
}
