import type { AppliedMigration, Note } from '../outcome.ts';
import type { FencedDatabase, MigrationStep, TenantDatabase } from '../ports.ts';
import type { Attempt, AttemptContext } from './attempt.ts';
import { type PlannedRevert, planRollback } from './plan-rollback.ts';

export interface RollbackTenantDependencies {
  readonly fenceWaitSeconds: number;
  /** Called with the results so far, which last even if the attempt then fails. */
  readonly progress: RollbackProgress;
}

export interface RollbackProgress {
  reverted: readonly AppliedMigration[];
  notes: readonly Note[];
}

/**
 * Rolls migrations back, one at a time through `down` and each recorded: ask, plan, and only then lock
 * and run, as migrating does.
 */
export async function rollbackTenant(
  database: TenantDatabase,
  context: AttemptContext,
  { fenceWaitSeconds, progress }: RollbackTenantDependencies,
): Promise<Attempt> {
  const { request, runId } = context;
  let isPaused = false;

  const revert = async (fenced: FencedDatabase): Promise<void> => {
    // Another migrator may have been faster between asking and the fence: what counts is read again.
    const plan = await planRollback(context, fenced.state);
    const steps = plan.reverting.map((each): MigrationStep => ({ direction: 'down', ...each }));
    try {
      const outcome = await fenced.run(steps, {
        runId: request.stepsOf ?? runId,
        pause: context.pause,
        onRecorded: (step, durationMs) => {
          if (step.direction !== 'down') return;
          progress.reverted = [...progress.reverted, { name: nameOf(step), durationMs }];
        },
      });
      isPaused = outcome === 'paused';
    } finally {
      // A run adds notes, also one that fails.
      progress.notes = [...plan.notes, ...fenced.notes];
    }
  };

  const plan = await planRollback(context, await database.readState());
  progress.notes = plan.notes;
  if (request.command === 'plan') {
    const reverting = plan.reverting.map(nameOf);
    return { status: 'planned', pending: [], reverting, notes: plan.notes };
  }
  if (plan.reverting.length === 0) {
    return { status: 'unchanged', notes: plan.notes };
  }
  if (request.maxPerHost !== undefined) await database.takeHostSlot(request.maxPerHost);
  const { lockWaitTimeoutSeconds, statementTimeoutSeconds, safety } = request;
  await database.usingFence(
    { waitSeconds: fenceWaitSeconds, lockWaitTimeoutSeconds, statementTimeoutSeconds, safety },
    revert,
  );
  const { reverted, notes } = progress;
  if (isPaused) return { status: 'continue', applied: [], reverted, notes };
  return reverted.length > 0
    ? { status: 'reverted', reverted, notes }
    : { status: 'unchanged', notes };
}

/** The name under which it was recorded last. */
function nameOf({ migration, names }: PlannedRevert): string {
  return names.at(-1) ?? migration.id;
}
