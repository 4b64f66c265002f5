import type { MigrationStep, RunSteps } from '../../../../core/ports.ts';
import type { SchemaState } from '../../../../core/schema-state.ts';
import {
  appliedRecord,
  inheritRecords,
  revertedByRecord,
  revertedRecord,
} from '../../bookkeeping/migration-records.ts';
import type { SessionLeft } from '../../bookkeeping/session-left.ts';
import { query } from '../../connection/query.ts';
import type { SqlText } from '../../connection/sql-text.ts';
import { releaseFence } from '../../locks/fence.ts';
import { unlockKnex } from '../../locks/knex-lock.ts';
import type { HeldLock } from '../../locks/lock-value.ts';
import type { KnexClasses } from '../knex/knex-classes.ts';
import type { KnexSettings } from '../knex/knex-settings.ts';
import { type RunMigrationOptions, runMigration } from './run-migration.ts';
import { recordErrorOf } from './step-error.ts';

/** Options that everything under one fence shares. */
export interface RunMigrationsOptions extends RunMigrationOptions {
  readonly state: SchemaState & { readonly left: ReadonlyMap<string, SessionLeft> };
  /** The lock of a killed run that this one continues. */
  readonly stale?: number | undefined;
  /** Knex's lock, as this session holds it. */
  readonly lock: HeldLock;
  /** The user's own, for a Knex that sends nothing. */
  readonly knexSettings: KnexSettings | undefined;
  /** Classes of the Knex that migrations are run with. */
  readonly classes: KnexClasses;
  /** Is told when Knex's lock was given back. */
  readonly onUnlocked: () => void;
}

/**
 * Settings that were for the statement that came next, and limits that would keep Fanfold's own queries
 * from being answered.
 */
const NOT_SET_AGAIN = /\b(?:insert_id|last_insert_id|identity|max_join_size|sql_big_selects)\b/i;

/**
 * A run that was killed, or that stopped for want of time, continues in another session: what its
 * migrations have set there is set again, and what cannot be brought back is remembered.
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
 * Runs migrations one after the other, each recorded for itself. The record of the last one gives
 * Knex's lock back: a process that is killed after its COMMIT leaves no lock.
 */
export async function runMigrations(
  steps: readonly MigrationStep[],
  { runId, onRecorded, pause }: RunSteps,
  options: RunMigrationsOptions,
): Promise<'done' | 'paused'> {
  const { state, tables, lock, statements, onUnlocked } = options;
  const { sender } = statements;
  await continueRun(runId, options);
  let outcome: 'done' | 'paused' = 'done';
  for (const [index, step] of steps.entries()) {
    if (pause?.() === true) outcome = 'paused';
    if (outcome === 'paused') break;
    const startedAt = performance.now();
    const { direction, migration } = step;
    const isLast = index === steps.length - 1;
    const run = {
      direction,
      runId,
      isOpen: state.open.some((each) => each.id === migration.id && each.direction === direction),
      record: () => recordOf(step, runId, options),
      unlock: isLast ? unlockKnex(tables, lock).map((sql) => ({ sql, values: [] })) : [],
      onRecorded: () => {
        onRecorded(step, Math.round(performance.now() - startedAt));
        if (isLast) onUnlocked();
      },
      pause,
    };
    outcome = await runMigration(migration, run, options);
  }
  // Without the last record Knex's lock is still set, and must not outlive the fence.
  const release = releaseFence(statements.session.facts.fence);
  try {
    await sender.commit(outcome === 'done' && steps.length > 0 ? { release } : {});
  } catch (error) {
    throw recordErrorOf(error, statements.session.facts.database);
  }
  return outcome;
}

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
