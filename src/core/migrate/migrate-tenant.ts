import type { AppliedMigration, Note } from '../outcome.ts';
import type {
  FencedDatabase,
  MigrationStep,
  PasswordOpener,
  TenantDatabase,
  TenantDatabases,
} from '../ports.ts';
import { takesBack } from '../takes-back.ts';
import { hostKey, type Tenant } from '../tenant.ts';
import type { Attempt, AttemptContext, AttemptTenant } from './attempt.ts';
import { failureOf } from './failure-of.ts';
import { ofItsHost } from './host-health.ts';
import { loginToMigrate } from './login-to-migrate.ts';
import { planTenant } from './plan-tenant.ts';
import { type RollbackProgress, rollbackTenant } from './rollback-tenant.ts';

export interface MigrateTenantDependencies {
  readonly databases: TenantDatabases;
  readonly passwords: PasswordOpener;
  /** How long to wait for another migrator to give the fence free. Default 10 s. */
  readonly fenceWaitSeconds?: number | undefined;
}

/** Makes the function that attempts one tenant: ask, plan, and only then lock and apply, or roll back. */
export function createMigrateTenant(dependencies: MigrateTenantDependencies): AttemptTenant {
  return (tenant, context) => migrateTenant(tenant, context, dependencies);
}

async function migrateTenant(
  tenant: Tenant,
  context: AttemptContext,
  { databases, passwords, fenceWaitSeconds = 10 }: MigrateTenantDependencies,
): Promise<Attempt> {
  const { bundle, request } = context;
  const applied: AppliedMigration[] = [];
  const secrets: string[] = [];
  let notes: readonly Note[] = [];
  let isPaused = false;
  const progress: RollbackProgress = { reverted: [], notes: [] };

  const apply = async (fenced: FencedDatabase): Promise<void> => {
    // Another migrator may have been faster between asking and the fence: what counts is read again.
    const plan = planTenant(bundle, fenced.state, request, context.runId);
    const { pending, batch, baseline } = plan;
    notes = [...plan.notes, ...fenced.notes];
    const steps = pending.map(
      ({ migration, name }, index): MigrationStep => ({
        direction: 'up',
        migration,
        name,
        batch,
        baseline: index === 0 ? baseline : [],
      }),
    );
    const outcome = await fenced.run(steps, {
      runId: context.runId,
      pause: context.pause,
      onRecorded: (step, durationMs) => {
        if (step.direction === 'up') applied.push({ name: step.name, durationMs });
      },
    });
    isPaused = outcome === 'paused';
  };

  try {
    const login = loginToMigrate(tenant);
    const password = await passwords.open(login);
    secrets.push(password);
    return await databases.using({ ...login.address, password }, async (connected) => {
      const database = tellingAnswers(connected, context.onAnswer);
      if (takesBack(request)) {
        return rollbackTenant(database, context, { fenceWaitSeconds, progress });
      }
      const { pending, ...plan } = planTenant(bundle, await database.readState(), request);
      notes = plan.notes;
      if (request.command === 'plan') {
        return { status: 'planned', pending: pending.map(({ name }) => name), notes };
      }
      if (pending.length === 0) return { status: 'unchanged', notes };
      if (request.maxPerHost !== undefined) await database.takeHostSlot(request.maxPerHost);
      const { lockWaitTimeoutSeconds, statementTimeoutSeconds } = request;
      await database.usingFence(
        { waitSeconds: fenceWaitSeconds, lockWaitTimeoutSeconds, statementTimeoutSeconds },
        apply,
      );
      if (isPaused) return { status: 'continue', applied, notes };
      return applied.length > 0
        ? { status: 'migrated', applied, notes }
        : { status: 'unchanged', notes };
    });
  } catch (error) {
    const failure = ofItsHost(failureOf(error, secrets, namesOf(tenant)), hostKey(tenant.address));
    if (!takesBack(request)) return { status: 'failed', failure, applied, notes };
    const { reverted } = progress;
    return { status: 'failed', failure, applied, reverted, notes: progress.notes };
  }
}

/** All that a message may call the tenant by. */
function namesOf({ id, slug, name, address, migrationLogin }: Tenant): string[] {
  const { host, database, user } = address;
  return [id, slug, name, host, database, user, migrationLogin?.user ?? ''];
}

function tellingAnswers(database: TenantDatabase, onAnswer: () => void = () => {}): TenantDatabase {
  return {
    ...database,
    readState: async () => {
      const state = await database.readState();
      onAnswer();
      return state;
    },
  };
}
