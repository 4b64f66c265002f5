import { inPages } from '../list/in-pages.ts';
import type { Candidate, PassedOver, RoundMember } from '../migrate/candidate.ts';
import type { SkippedOutcome } from '../outcome.ts';
import { type Tenant, tenantRef } from '../tenant.ts';
import { trustedOutcome } from './trusted-outcome.ts';

export interface RoundTenantsOptions {
  /** Rows as they are now, in any order. */
  readonly findByIds: (ids: readonly string[]) => Promise<readonly Tenant[]>;
  /** Milliseconds. */
  readonly now: () => number;
  /** Aborted: no further page is read. */
  readonly stop: AbortSignal;
  /** Hash of the bundle if tenants that are recorded with it are trusted to be up to date. */
  readonly trusted?: string | undefined;
}

/** Ids in one query. */
const PAGE = 500;
/** A row that was read longer ago than this is read again before its tenant's turn. */
const FRESH_MS = 60_000;

/**
 * Turns the members of a round into tenants as the central database has them now, in order, so that
 * a password, host or status that was corrected meanwhile counts. A tenant that is gone or no longer
 * `ACTIVE` comes out as passed over, with the reason.
 */
export async function* roundTenants(
  members: AsyncIterable<RoundMember>,
  { findByIds, now, stop, trusted }: RoundTenantsOptions,
): AsyncGenerator<Candidate | PassedOver, void, undefined> {
  for await (const page of inPages(members, PAGE)) {
    if (stop.aborted) return;
    let tenants = new Map<string, Tenant>();
    let readAt = Number.NEGATIVE_INFINITY;
    for (const [index, member] of page.entries()) {
      if (now() - readAt > FRESH_MS && !stop.aborted) {
        const rows = await findByIds(page.slice(index).map(({ id }) => id));
        tenants = new Map(rows.map((tenant) => [tenant.id, tenant]));
        readAt = now();
      }
      const tenant = tenants.get(member.id);
      yield isTrusted(tenant, trusted)
        ? { skipped: trustedOutcome(member, tenant), before: member.before }
        : candidateOf(member, tenant);
    }
  }
}

/** A member of a round with its row as it is now, if it has one. */
export function candidateOf(
  member: RoundMember,
  tenant: Tenant | undefined,
): Candidate | PassedOver {
  return tenant?.status === 'ACTIVE'
    ? { ...member, tenant }
    : { skipped: skipped(member, tenant), before: member.before };
}

/** Whether a tenant is recorded with the bundle that a run trusts. */
function isTrusted(tenant: Tenant | undefined, trusted: string | undefined): tenant is Tenant {
  return trusted !== undefined && tenant?.status === 'ACTIVE' && tenant.schemaVersion === trusted;
}

function skipped(member: RoundMember, tenant: Tenant | undefined): SkippedOutcome {
  const { id, wave, position, before } = member;
  const gone = { id, slug: id, name: id, database: '' };
  return {
    status: 'skipped',
    cause: 'not-active',
    tenant: tenant === undefined ? (before?.tenant ?? gone) : tenantRef(tenant),
    wave,
    position,
    tries: before?.tries ?? 0,
    durationMs: before?.durationMs ?? 0,
    notes: before?.notes ?? [],
    reason:
      tenant === undefined
        ? 'It is no longer in the central database.'
        : `It is ${tenant.status} now; only ACTIVE tenants are migrated.`,
  };
}
