import { type Bundle, type Migration, splitMigrationName } from '../bundle/bundle.ts';
import { recordedName } from '../bundle/recorded-name.ts';
import { FanfoldError } from '../errors.ts';
import type { Note, OwnNote } from '../outcome.ts';
import type { RunRequest } from '../request.ts';
import type { SchemaState } from '../schema-state.ts';
import { fewOf } from '../wording/few-of.ts';
import { HalfAppliedError } from './half-applied-error.ts';
import { modifiedMigrations } from './modified-migrations.ts';

/** A pending migration with the name under which it will be recorded. */
export interface PlannedMigration {
  readonly migration: Migration;
  readonly name: string;
}

/** Migrations that a tenant's database lacks, with the names and the batch under which they will be recorded. */
export interface TenantPlan {
  readonly pending: readonly PlannedMigration[];
  /** Batch number of the migrations that this run applies: one run is one batch. */
  readonly batch: number;
  /** Applied migrations of the bundle that have no recorded checksum yet. */
  readonly baseline: readonly Pick<Migration, 'id' | 'checksum'>[];
  readonly notes: readonly Note[];
}

/**
 * Compares a tenant's database with the bundle. Migrations are the same when their ids are, whatever the
 * extension under which they were recorded. As in plain Knex, missing migrations are applied in the bundle's
 * order, even if a later one is already applied.
 *
 * Throws `HalfApplied` if a migration was begun that cannot resume, `MigrationsMissing` if something is pending and the database has applied migrations
 * that the bundle lacks, and `MigrationModified` in strict mode.
 */
export function planTenant(
  bundle: Bundle,
  state: SchemaState,
  request: Pick<RunRequest, 'strict' | 'allowMissing'>,
  runId?: string,
): TenantPlan {
  const applied = new Set(state.rows.map((row) => splitMigrationName(row.name).id));
  const listed = bundle.migrations
    .filter((migration) => !applied.has(migration.id))
    .map((migration) => ({ migration, name: recordedName(migration, bundle, state.rows) }));
  const pending = openFirst(listed, state, applied);

  const notes: OwnNote[] = pending.slice(0, state.open.length).map(({ migration }) => ({
    code: 'Resumed',
    message: `An earlier attempt left ${migration.id} half-applied; it resumes.`,
  }));
  const missing = [...applied].filter((id) => !bundle.knownIds.has(id));
  if (missing.length > 0) {
    if (pending.length > 0 && !request.allowMissing) throw migrationsMissing(missing);
    notes.push({
      code: 'ahead',
      message: `The database has applied ${missing.length} migration(s) that this bundle lacks: ${fewOf(missing)}.`,
    });
  }
  const known = bundle.migrations.filter((migration) => applied.has(migration.id));
  notes.push(
    ...modifiedMigrations(known, state, {
      strict: request.strict,
      consequence: 'The database keeps what was applied.',
    }),
  );

  return {
    pending,
    batch: batchOf(state, runId),
    baseline: known
      .filter((migration) => !state.checksums.has(migration.id))
      .map(({ id, checksum }) => ({ id, checksum })),
    notes,
  };
}

/** A run is one batch, also if it was interrupted and continues. */
function batchOf(state: SchemaState, runId: string | undefined): number {
  const { rows, appliedBy, continued } = state;
  const isOwn = (id: string) =>
    (runId !== undefined && appliedBy.get(id) === runId) || continued?.has(id) === true;
  const latest = (of: SchemaState['rows']) =>
    of.reduce((most, { batch }) => Math.max(most, batch), 0);
  const own = rows.filter(({ name }) => isOwn(splitMigrationName(name).id));
  return own.length > 0 ? latest(own) : latest(rows) + 1;
}

/**
 * A migration that was begun is ended before anything else: another one might change the same objects. An
 * open migration that cannot resume is a `HalfAppliedError`, so that it never counts as "nothing to do".
 */
function openFirst(
  listed: readonly PlannedMigration[],
  { open }: SchemaState,
  applied: ReadonlySet<string>,
): PlannedMigration[] {
  const begun = open.map(({ id, direction }) => {
    const planned = listed.find(({ migration }) => migration.id === id);
    if (direction === 'up' && planned !== undefined) return planned;
    const why =
      direction === 'down'
        ? 'Rolling it back was begun and not ended; the same rollback, run again, resumes it.'
        : applied.has(id)
          ? 'It was begun and not ended, and yet somebody has recorded it as applied.'
          : 'It was begun and not ended, and what is to be applied now does not contain it.';
    throw new HalfAppliedError(`The migration ${id} is half-applied. ${why}`, { migration: id });
  });
  return [...begun, ...listed.filter((planned) => !begun.includes(planned))];
}

function migrationsMissing(missing: readonly string[]): FanfoldError {
  return new FanfoldError(
    'MigrationsMissing',
    `The database has applied migrations that this bundle lacks (Knex: "The migration directory is corrupt, the following files are missing"): ${fewOf(missing)}.`,
    {
      fault: 'tenant',
      nextStep:
        'Run the build that has these migrations, or restore their files. To continue without them: --allow-missing.',
    },
  );
}
