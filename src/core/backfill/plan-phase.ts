import type { MigrationModule } from '../bundle/bundle.ts';
import { FanfoldError } from '../errors.ts';
import type { PlannedMigration } from '../migrate/plan-tenant.ts';
import type { OwnNote } from '../outcome.ts';
import { commandSpan } from '../wording/command-span.ts';
import { countOf } from '../wording/count-of.ts';
import { fewOf } from '../wording/few-of.ts';
import { formatCount } from '../wording/format-count.ts';
import type { BackfillProgress } from './backfill-progress.ts';
import type { Phase } from './phase.ts';

/** The pending migrations of a tenant that belong to a phase, and what it leaves. */
export interface PhasePlan {
  /** Those that run now, in order. */
  readonly pending: readonly PlannedMigration[];
  /** Why none after them runs: `BackfillPending` or `BackfillTooEarly`. */
  readonly blocked?: FanfoldError | undefined;
  readonly notes: readonly OwnNote[];
}

/**
 * Chooses the pending migrations that run in a phase. Schema changes do not wait for backfills, unless they
 * require one; a backfill waits for the schema changes before it.
 *
 * @param pending of the tenant, in their order
 * @param leaves whether migrations that require a backfill are left to a later pass, instead of failing the tenant
 */
export async function planPhase(
  pending: readonly PlannedMigration[],
  phase: Phase,
  { leaves = false }: { readonly leaves?: boolean | undefined } = {},
): Promise<PhasePlan> {
  const running: PlannedMigration[] = [];
  const waiting: string[] = [];
  // Backfills that are not complete when the phase comes to a migration.
  const incomplete = new Set<string>();
  let schemaBehind: string | undefined;
  let blocked: FanfoldError | undefined;
  const modules = await Promise.all(pending.map(({ migration }) => migration.load()));
  for (const [index, planned] of pending.entries()) {
    const { id } = planned.migration;
    const { backfill, requires = [] } = modules[index] as MigrationModule;
    if (backfill !== undefined && (phase === 'schema' || blocked !== undefined)) {
      waiting.push(id);
      incomplete.add(id);
      continue;
    }
    if (blocked !== undefined) continue;
    if (backfill === undefined && phase === 'backfills') {
      schemaBehind ??= id;
      continue;
    }
    const missing = requires.filter((required) => incomplete.has(required));
    if (schemaBehind !== undefined) blocked = tooEarly(id, schemaBehind);
    else if (missing.length > 0) blocked = backfillPending(id, missing);
    if (blocked === undefined) running.push(planned);
    else if (backfill !== undefined) waiting.push(id);
  }
  const isLeft = leaves && blocked?.code === 'BackfillPending';
  return {
    pending: running,
    ...(blocked !== undefined && !isLeft && { blocked }),
    notes: waiting.length > 0 ? [backfillsPending(waiting)] : [],
  };
}

/** Pending migrations without the backfills among them, which are returned beside them with their tables. */
export async function withoutBackfills(pending: readonly PlannedMigration[]): Promise<{
  readonly schema: readonly PlannedMigration[];
  readonly backfills: readonly { readonly id: string; readonly table: string }[];
}> {
  const schema: PlannedMigration[] = [];
  const backfills: { readonly id: string; readonly table: string }[] = [];
  for (const planned of pending) {
    const { backfill } = await planned.migration.load();
    if (backfill === undefined) schema.push(planned);
    else backfills.push({ id: planned.migration.id, table: backfill.table });
  }
  return { schema, backfills };
}

/** The note about backfills that a phase has left. */
export function backfillsPending(ids: readonly string[]): OwnNote {
  return {
    code: 'BackfillsPending',
    message: `${countOf(ids.length, 'backfill')} pending: ${fewOf(ids)}. Run with: ${commandSpan('migrate:backfills')}`,
  };
}

/** The note about the rows of a backfill in a plan. */
export function backfillRows({ migration, rowsDone, rowsExpected }: BackfillProgress): OwnNote {
  const rows =
    rowsExpected === undefined ? 'an unknown number of' : `about ${formatCount(rowsExpected)}`;
  const done = rowsDone === 0 ? '' : `; ${formatCount(rowsDone)} are done`;
  return { code: 'BackfillRows', message: `${migration} walks over ${rows} rows${done}.` };
}

function backfillPending(id: string, missing: readonly string[]): FanfoldError<'BackfillPending'> {
  return new FanfoldError(
    'BackfillPending',
    `The migration ${id} requires ${missing.length === 1 ? 'a backfill that is' : 'backfills that are'} not complete: ${fewOf(missing)}. Nothing of it was run; migrations before it were applied.`,
    {
      fault: 'migration',
      nextStep: `Complete the backfill, then migrate again: ${commandSpan('migrate:backfills')}`,
      ownWords: true,
    },
  );
}

function tooEarly(id: string, behind: string): FanfoldError<'BackfillTooEarly'> {
  return new FanfoldError(
    'BackfillTooEarly',
    `The backfill ${id} comes after the migration ${behind}, which is not applied.`,
    {
      fault: 'migration',
      nextStep: `Apply schema changes first: ${commandSpan('migrate:all-tenants')}`,
      ownWords: true,
    },
  );
}
