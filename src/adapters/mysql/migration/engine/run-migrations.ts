import type { MigrationStep, RunSteps } from '../../../../core/ports.ts';
import { refuseLooser } from '../../../../core/safety/guard/refuse-looser.ts';
import {
  appliedRecord,
  inheritRecords,
  revertedByRecord,
  revertedRecord,
} from '../../bookkeeping/migration-records.ts';
import { query } from '../../connection/query.ts';
import type { SqlText } from '../../connection/sql-text.ts';
import { releaseFence } from '../../locks/fence.ts';
import { unlockKnex } from '../../locks/knex-lock.ts';
import { refuseRollback } from './backfill/refuse-rollback.ts';
import { restoreRows } from './backfill/restore-rows.ts';
import { runBackfill } from './backfill/run-backfill.ts';
import { runMigration } from './run-migration.ts';
import type { RunMigrationsOptions } from './run-migrations-options.ts';
import { recordErrorOf } from './step-error.ts';

/**
 * Settings that are not restored in a new session: those for a single statement, and limits that would block
 * Fanfold's own queries.
 */
const NOT_SET_AGAIN = /\b(?:insert_id|last_insert_id|identity|max_join_size|sql_big_selects)\b/i;

/**
 * Continues a run that was killed or paused in another session: restores the settings that its migrations left,
 * and remembers the parts that cannot be restored.
 */
async function continueRun(
  runId: string,
  { state, stale, lock, tables, statements }: RunMigrationsOptions,
): Promise<void> {
  const { sender, session } = statements;
  if (stale !== undefined) await sender.write([inheritRecords(tables, stale, lock.value)]);
  const isOwn = (id: string) => state.appliedBy.get(id) === runId || state.continued?.has(id);
  const left = [...state.left].filter(([id]) => isOwn(id)).map(([, each]) => each);
  if (left.length === 0) return;
  await sender.commit();
  session.firstLook = undefined;
  for (const sql of left.flatMap(({ settings }) => settings)) {
    if (!NOT_SET_AGAIN.test(sql)) await query(session.connection, sql);
  }
  sender.modeChanged();
  session.isAltered = true;
  session.lost = {
    variables: left.flatMap(({ variables }) => variables),
    temporary: left.flatMap(({ temporary }) => temporary),
    prepared: left.flatMap(({ prepared }) => prepared),
  };
}

/**
 * Runs migrations in order, each with its own record. The record of the last one also releases Knex's lock, so
 * a process that is killed after its COMMIT leaves no lock. If there is nothing to run, the transaction that took
 * the lock releases it, for the same reason.
 */
export async function runMigrations(
  steps: readonly MigrationStep[],
  { runId, onRecorded, pause, backfills }: RunSteps,
  options: RunMigrationsOptions,
): Promise<'done' | 'paused'> {
  const { state, tables, lock, statements, onUnlocked } = options;
  const { sender, session } = statements;
  session.longWork = backfills;
  const unlock = unlockKnex(tables, lock).map((sql) => ({ sql, values: [] }));
  await refuseLooser(
    steps.map(({ migration }) => migration),
    session.facts.safety,
  );
  await refuseRollback(statements.session.connection, steps, tables);
  if (steps.length > 0) await continueRun(runId, options);
  else sender.records.add({ ...NOTHING_RAN, texts: unlock, onDurable: onUnlocked });
  let outcome: 'done' | 'paused' = 'done';
  for (const [index, step] of steps.entries()) {
    if (pause?.() === true) outcome = 'paused';
    if (outcome === 'paused') break;
    const startedAt = performance.now();
    let endedAt: number | undefined;
    const { direction, migration } = step;
    const isLast = index === steps.length - 1;
    const run = {
      direction,
      runId,
      isOpen: state.open.some((each) => each.id === migration.id && each.direction === direction),
      record: () => recordOf(step, runId, options),
      unlock: isLast ? unlock : [],
      onRecorded: (rowsChanged?: number) => {
        // A record travels with the first statement of the next migration, whose time is not its own.
        onRecorded(step, Math.round((endedAt ?? performance.now()) - startedAt), rowsChanged);
        if (isLast) onUnlocked();
      },
      pause,
    };
    const { backfill } = await migration.load();
    const ofRows = { ...run, backfills };
    const isChange = backfill === undefined || (direction === 'down' && backfill.keep !== true);
    outcome = isChange
      ? await runMigration(migration, run, options)
      : direction === 'up'
        ? await runBackfill(migration, backfill, ofRows, options)
        : ((await restoreRows(migration, backfill, ofRows, options)) ??
          (await runMigration(migration, run, options)));
    endedAt = performance.now();
    session.firstLook?.end();
    session.firstLook = undefined;
  }
  // Without the last record, Knex's lock is still set; then the fence must be kept until it is released.
  const release = releaseFence(session.facts.fence);
  try {
    await sender.commit(outcome === 'done' ? { release } : {});
  } catch (error) {
    throw recordErrorOf(error, session.facts.database);
  }
  return outcome;
}

const NOTHING_RAN = { migration: '', hasUncommittedEffects: false };

function recordOf(
  step: MigrationStep,
  runId: string,
  { tables, lock, statements }: RunMigrationsOptions,
): SqlText[] {
  const { migration } = step;
  if (step.direction === 'up') {
    const state = { lock: lock.value, left: statements.session.left.left };
    return appliedRecord(migration, { ...step, runId, state }, tables);
  }
  return [
    ...revertedRecord(migration.id, step.names, tables),
    revertedByRecord(migration, runId, tables),
  ];
}
