import { splitMigrationName } from '../../bundle/bundle.ts';
import type { OwnFailure } from '../../failure.ts';
import { inPages } from '../../list/in-pages.ts';
import { createHostHealth } from '../../migrate/host-health.ts';
import type { Outcome } from '../../outcome.ts';
import type { TenantDirectory } from '../../ports.ts';
import { hostKey, type Tenant, type TenantRef, tenantRef } from '../../tenant.ts';
import type { Recording } from '../recording.ts';
import type { AnsweredCheck, CheckTenant } from './check-tenant.ts';
import { type DerivedChecks, deriveChecks } from './derive-checks.ts';
import { type FleetFindings, FleetFindingsFold } from './fleet-findings.ts';
import { forEachByHost } from './for-each-by-host.ts';

export interface CheckFleetOptions {
  readonly recording: Recording;
  /** For each question. */
  readonly seconds: number;
  /** Tenants at a time. */
  readonly atATime: number;
  readonly maxPerHost?: number | undefined;
}

export interface CheckFleetDependencies {
  readonly directory: Pick<TenantDirectory, 'findByIds'>;
  readonly checkTenant: CheckTenant;
  /** Called for each tenant with its answers that are not clean. */
  readonly onTenant: (tenant: TenantRef, answers: readonly AnsweredCheck[]) => void;
  readonly onUnread: (tenant: TenantRef, failure: OwnFailure) => void;
}

/** Rows that are read from the central database at a time. */
const PAGE = 500;

/** Sets of pending migrations whose checks are remembered. */
const MOST_SETS = 100;

/**
 * Asks every tenant that a plan found to have pending migrations for rows at which those would fail, or which they
 * would change silently. Stops, without an error, when the signal is aborted.
 *
 * @param outcomes those of the plan
 */
export async function checkFleet(
  outcomes: AsyncIterable<Outcome>,
  { recording, seconds, ...pace }: CheckFleetOptions,
  { directory, checkTenant, onTenant, onUnread }: CheckFleetDependencies,
  signal?: AbortSignal,
): Promise<FleetFindings> {
  const fold = new FleetFindingsFold();
  const health = createHostHealth();
  const derive = derivingOnce(recording);

  const check = async ({ tenant, pending }: PendingTenant): Promise<void> => {
    const ref = tenantRef(tenant);
    const host = hostKey(tenant.address);
    const { checks, unchecked } = derive(pending);
    const answerable = checks.filter(({ question }) => question !== undefined);
    fold.addBlocked(
      checks.filter(({ question }) => question === undefined),
      unchecked,
    );
    if (answerable.length === 0) return;
    const { down } = health.of(host);
    const { answers, failure } =
      down === undefined
        ? await checkTenant(tenant, answerable, seconds)
        : { answers: [], failure: down };
    if (down === undefined && failure === undefined) health.answered(host);
    if (down === undefined && failure !== undefined)
      health.ended(host, { status: 'failed', failure, applied: [], notes: [] }, true);
    fold.add(ref, answers, failure === undefined);
    onTenant(
      ref,
      answers.filter(({ answer }) => answer.status !== 'clean'),
    );
    if (failure !== undefined) onUnread(ref, failure);
  };

  for await (const page of inPages(pendingIn(outcomes), PAGE)) {
    const rows = await directory.findByIds(page.map(({ id }) => id));
    const byId = new Map(rows.map((tenant) => [tenant.id, tenant]));
    const tenants = page.flatMap(({ id, pending }) => {
      // A tenant that vanished since it was planned has left the fleet.
      const tenant = byId.get(id);
      return tenant === undefined ? [] : [{ tenant, pending }];
    });
    const items = tenants.map((item) => ({ host: hostKey(item.tenant.address), item }));
    await forEachByHost(items, { ...pace, health, signal }, check);
    if (signal?.aborted === true) break;
  }
  return fold.read();
}

interface PendingTenant {
  readonly tenant: Tenant;
  readonly pending: readonly string[];
}

/** Tenants with the same pending migrations have the same checks. */
function derivingOnce(recording: Recording): (pending: readonly string[]) => DerivedChecks {
  const known = new Map<string, DerivedChecks>();
  return (pending) => {
    const key = pending.join('\n');
    const checks = known.get(key) ?? deriveChecks(recording, new Set(pending));
    if (known.size < MOST_SETS) known.set(key, checks);
    return checks;
  };
}

async function* pendingIn(
  outcomes: AsyncIterable<Outcome>,
): AsyncGenerator<{ readonly id: string; readonly pending: readonly string[] }, void, undefined> {
  for await (const outcome of outcomes) {
    if (outcome.status !== 'planned' || outcome.pending.length === 0) continue;
    const pending = outcome.pending.map((name) => splitMigrationName(name).id);
    yield { id: outcome.tenant.id, pending };
  }
}
