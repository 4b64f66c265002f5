import { type Bundle, type Migration, splitMigrationName } from '../bundle/bundle.ts';
import type { Note } from '../outcome.ts';
import type { SchemaState } from '../schema-state.ts';
import type { AttemptContext } from './attempt.ts';
import { HalfAppliedError } from './half-applied-error.ts';
import { modifiedMigrations } from './modified-migrations.ts';
import {
  migrationsWithoutDown,
  rollbackNotNewest,
  rollbackWouldEmpty,
  rolledBackMissing,
} from './rollback-errors.ts';

/** A migration that is to be rolled back, with the rows that record it as applied. */
export interface PlannedRevert {
  readonly migration: Migration;
  /** As recorded; more than one if it was recorded under several extensions. */
  readonly names: readonly string[];
}

/** The migrations that a rollback removes from a tenant's database. */
export interface RollbackPlan {
  /** The newest first. */
  readonly reverting: readonly PlannedRevert[];
  readonly notes: readonly Note[];
}

/** An applied migration, in the order of application. */
interface Applied {
  readonly id: string;
  readonly names: readonly string[];
}

/**
 * Finds what a rollback rolls back: what the run has applied by the database's own record, what is after `to`
 * in the bundle's order, or the newest `steps`; never a batch. Refuses a rollback that is not possible as a
 * whole, before anything is touched: `MigrationWithoutDown`, `MigrationsMissing`, `RollbackNotNewest` if
 * others came after it, `RollbackWouldEmpty`, `HalfApplied` if another migration is half-applied,
 * `MigrationModified` in strict mode, and `MigrationInvalid`.
 */
export async function planRollback(
  { runId, bundle, request }: Pick<AttemptContext, 'runId' | 'bundle' | 'request'>,
  state: SchemaState,
): Promise<RollbackPlan> {
  const applied = appliedMigrations(state);
  const targets = targetsOf({ runId, bundle, request }, state, applied);
  const ids = new Set(targets.map(({ id }) => id));
  checkOpen(state, ids);
  if (targets.length === 0) return { reverting: [], notes: [] };
  if (request.run !== undefined) checkNewest(request.run, state, applied, ids);
  if (targets.length === applied.length && request.allowEmpty !== true) {
    throw rollbackWouldEmpty(targets.length);
  }
  const reverting = withCode(bundle, targets);
  const notes = modifiedMigrations(
    reverting.map(({ migration }) => migration),
    state,
    { strict: request.strict, consequence: 'They are rolled back as the files are now.' },
  );
  await checkWaysBack(reverting);
  const isOpen = ({ migration }: PlannedRevert) => state.open.some(({ id }) => id === migration.id);
  // A migration that was begun is ended before anything else.
  return {
    reverting: [...reverting.filter(isOpen), ...reverting.filter((one) => !isOpen(one))],
    notes,
  };
}

function appliedMigrations({ rows }: SchemaState): Applied[] {
  const names = new Map<string, string[]>();
  for (const { name } of rows) {
    const { id } = splitMigrationName(name);
    const known = names.get(id) ?? [];
    // If a migration was recorded twice, its last row counts.
    names.delete(id);
    names.set(id, [...known, name]);
  }
  return [...names].map(([id, recorded]) => ({ id, names: recorded }));
}

/** The newest first. */
function targetsOf(
  { runId, bundle, request }: Pick<AttemptContext, 'runId' | 'bundle' | 'request'>,
  { appliedBy, revertedBy }: SchemaState,
  applied: readonly Applied[],
): Applied[] {
  const { run, to, steps = 0, stepsOf = runId } = request;
  const newestFirst = applied.toReversed();
  if (run !== undefined) return newestFirst.filter(({ id }) => appliedBy.get(id) === run);
  if (to !== undefined) {
    const staying = idsUpTo(bundle, splitMigrationName(to).id);
    return newestFirst.filter(({ id }) => !staying(id));
  }
  // An interrupted attempt has already rolled some of them back.
  const isApplied = new Set(applied.map(({ id }) => id));
  const taken = [...revertedBy].filter(([id, by]) => by === stepsOf && !isApplied.has(id)).length;
  return newestFirst.slice(0, Math.max(0, steps - taken));
}

/** Whether a migration is not after `last`; one that the bundle lacks is placed by its name. */
function idsUpTo({ migrations }: Bundle, last: string): (id: string) => boolean {
  const index = new Map(migrations.map(({ id }, position) => [id, position]));
  const end = index.get(last) ?? -1;
  return (id) => {
    const position = index.get(id);
    return position === undefined ? id <= last : position <= end;
  };
}

function checkOpen({ open }: SchemaState, targets: ReadonlySet<string>): void {
  for (const { id, direction } of open) {
    if (direction === 'down' && targets.has(id)) continue;
    const why =
      direction === 'up'
        ? 'It was begun and not ended; migrating the tenant resumes it.'
        : 'Rolling it back was begun and not ended, and this rollback is not about it.';
    throw new HalfAppliedError(`The migration ${id} is half-applied. ${why}`, { migration: id });
  }
}

/** Later migrations may need the ones that would be rolled back. */
function checkNewest(
  run: string,
  { appliedBy }: SchemaState,
  applied: readonly Applied[],
  targets: ReadonlySet<string>,
): void {
  const first = applied.findIndex(({ id }) => targets.has(id));
  const later = applied.slice(first).filter(({ id }) => !targets.has(id));
  if (later.length === 0) return;
  const named = later.map(({ id }) => ({ id, run: appliedBy.get(id) }));
  throw rollbackNotNewest(run, named);
}

function withCode(bundle: Bundle, targets: readonly Applied[]): PlannedRevert[] {
  const byId = new Map(bundle.migrations.map((migration) => [migration.id, migration]));
  const missing = targets.filter(({ id }) => !byId.has(id)).map(({ id }) => id);
  if (missing.length > 0) throw rolledBackMissing(missing);
  return targets.flatMap(({ id, names }) => {
    const migration = byId.get(id);
    return migration === undefined ? [] : [{ migration, names }];
  });
}

async function checkWaysBack(reverting: readonly PlannedRevert[]): Promise<void> {
  const without: string[] = [];
  for (const { migration } of reverting) {
    const { down } = await migration.load();
    if (down === undefined) without.push(migration.id);
  }
  if (without.length > 0) throw migrationsWithoutDown(without);
}
