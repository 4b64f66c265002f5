import { DEFAULT_PHASE } from '../backfill/phase.ts';
import { backfillRows, planPhase, withoutBackfills } from '../backfill/plan-phase.ts';
import type { FanfoldError } from '../errors.ts';
import type { OwnFailure } from '../failure.ts';
import { isRollback } from '../is-rollback.ts';
import type { AppliedMigration, Note } from '../outcome.ts';
import type {
  ConnectionLogin,
  FencedDatabase,
  FenceOptions,
  MigrationStep,
  TenantDatabase,
  TenantDatabases,
} from '../ports.ts';
import { hostKey } from '../tenant.ts';
import type { Attempt, AttemptContext } from './attempt.ts';
import type { ExpectedState } from './expected-state.ts';
import { failureOf } from './failure-of.ts';
import { fromSnapshot, isHalfMade, refuseHalfMade } from './from-snapshot.ts';
import { ofItsHost } from './host-health.ts';
import { planTenant, type TenantPlan } from './plan-tenant.ts';
import { type RollbackProgress, rollbackTenant } from './rollback-tenant.ts';

interface MigrateDatabaseDependencies {
  readonly databases: TenantDatabases;
  /** The time to wait for another migrator to release the fence. Default 10 s. */
  readonly fenceWaitSeconds?: number | undefined;
}

/** Facts about a database that are known before it is asked. */
interface KnownDatabase {
  /** Names that a message may have for the tenant, beyond those in the login. */
  readonly names?: readonly string[] | undefined;
  /** If something is expected to be pending, the first question also takes the locks. */
  readonly expected?: ExpectedState | undefined;
}

/**
 * Attempts one database once: ask, plan, and only then lock and apply, or roll back. Failure is data:
 * it never throws.
 *
 * @param login with the password in plain text
 */
export async function migrateDatabase(
  login: ConnectionLogin,
  context: AttemptContext,
  { databases, fenceWaitSeconds = 10 }: MigrateDatabaseDependencies,
  { names = [], expected }: KnownDatabase = {},
): Promise<Attempt> {
  const { bundle, request } = context;
  const applied: AppliedMigration[] = [];
  let notes: readonly Note[] = [];
  let isPaused = false;
  let refusal: OwnFailure | undefined;
  let blocked: FanfoldError | undefined;
  const phaseOf = (pending: TenantPlan['pending']) =>
    planPhase(pending, request.phase ?? DEFAULT_PHASE, { leaves: context.leavesBackfills });
  const progress: RollbackProgress = { reverted: [], notes: [] };

  const apply = async (fenced: FencedDatabase): Promise<void> => {
    // Another migrator may have been faster between asking and the fence: what counts is read again.
    refuseHalfMade(fenced.state);
    const plan = planTenant(bundle, fenced.state, request, context.runId);
    const phase = await phaseOf(plan.pending);
    blocked = phase.blocked;
    const { pending } = phase;
    const { batch, baseline } = plan;
    if (pending.length > 0) refusal = await context.mayMigrate?.(fenced.state);
    if (refusal !== undefined) return;
    const steps = pending.map(
      ({ migration, name }, index): MigrationStep => ({
        direction: 'up',
        migration,
        name,
        batch,
        baseline: index === 0 ? baseline : [],
      }),
    );
    const ofSnapshot = await fromSnapshot(fenced, { ...plan, pending }, context);
    if (ofSnapshot.isApplied) {
      notes = [...plan.notes, ...fenced.notes, ...ofSnapshot.notes];
      applied.push(...pending.map(({ name }) => ({ name, durationMs: 0 })));
      return;
    }
    try {
      const outcome = await fenced.run(steps, {
        runId: context.runId,
        pause: context.pause,
        backfills: context.backfills,
        onRecorded: (step, durationMs, rowsChanged) => {
          if (step.direction !== 'up') return;
          applied.push({
            name: step.name,
            durationMs,
            ...(rowsChanged !== undefined && { rowsChanged }),
          });
        },
      });
      isPaused = outcome === 'paused';
    } finally {
      // A run adds notes, also one that fails.
      notes = [...plan.notes, ...phase.notes, ...fenced.notes, ...ofSnapshot.notes];
    }
  };

  try {
    return await databases.using(login, async (connected) => {
      const database = tellingAnswers(connected, context.onAnswer);
      if (isRollback(request)) {
        return rollbackTenant(database, context, { fenceWaitSeconds, progress });
      }
      const { lockWaitTimeoutSeconds, statementTimeoutSeconds, safety, maxPerHost } = request;
      const fence: FenceOptions = {
        waitSeconds: fenceWaitSeconds,
        lockWaitTimeoutSeconds,
        statementTimeoutSeconds,
        safety,
      };
      // A plan locks nothing, and a place on the host is taken before the locks.
      const isAhead = request.command !== 'plan' && maxPerHost === undefined;
      const state = await database.readState(isAhead && expected ? { expected, fence } : undefined);
      // Whether a snapshot is being applied or was interrupted shows only under the fence.
      const isOpen = request.command !== 'plan' && isHalfMade(state);
      const plan = planTenant(bundle, isOpen ? { ...state, open: [] } : state, request);
      const { pending, ...phase } = await phaseOf(plan.pending);
      notes = [...plan.notes, ...phase.notes];
      if (pending.length === 0 && phase.blocked !== undefined) throw phase.blocked;
      if (request.command === 'plan') {
        const { backfills } = await withoutBackfills(pending);
        const progress = backfills.length === 0 ? [] : await database.readBackfills(backfills);
        notes = [...notes, ...progress.map(backfillRows)];
        return { status: 'planned', pending: pending.map(({ name }) => name), notes };
      }
      if (pending.length === 0) return { status: 'unchanged', notes };
      if (maxPerHost !== undefined) await database.takeHostSlot(maxPerHost);
      await database.usingFence(fence, apply);
      if (refusal !== undefined) return { status: 'failed', failure: refusal, applied, notes };
      if (isPaused) return { status: 'continue', applied, notes };
      if (blocked !== undefined) throw blocked;
      return applied.length > 0
        ? { status: 'migrated', applied, notes }
        : { status: 'unchanged', notes };
    });
  } catch (error) {
    const { host, database, user, password } = login;
    const known = [...names, host, database, user];
    const failure = ofItsHost(failureOf(error, [password], known), hostKey(login));
    if (!isRollback(request)) return { status: 'failed', failure, applied, notes };
    const { reverted } = progress;
    return { status: 'failed', failure, applied, reverted, notes: progress.notes };
  }
}

function tellingAnswers(database: TenantDatabase, onAnswer: () => void = () => {}): TenantDatabase {
  return {
    ...database,
    readState: async (ahead) => {
      const state = await database.readState(ahead);
      onAnswer();
      return state;
    },
  };
}
