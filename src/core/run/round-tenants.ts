import { inPages } from '../list/in-pages.ts';
import type { Candidate, PassedOver, RoundMember } from '../migrate/candidate.ts';
import type { SkippedOutcome } from '../outcome.ts';
import { type Tenant, tenantRef } from '../tenant.ts';
import { type TrustTenant, trustedOutcome } from './trusted-outcome.ts';

export interface RoundTenantsOptions {
  /** Rows as they are now, in any order. */
  readonly findByIds: (ids: readonly string[]) => Promise<readonly Tenant[]>;
  /** Milliseconds. */
  readonly now: () => number;
  /** Aborted: no further page is read. */
  readonly stop: AbortSignal;
  /** Which tenants count as up to date by their rows. Default: none. */
  readonly trust?: TrustTenant | undefined;
  /** The age from which a row is read again before its tenant's turn, in milliseconds. Default: a minute. */
  readonly freshMs?: number | undefined;
}

/** Ids in one query. */
const PAGE = 500;
const FRESH_MS = 60_000;

/**
 * Turns the members of a round into tenants as the central database has them now, in order, so that
 * a password, host or status that was corrected meanwhile counts. A tenant that is gone or no longer
 * `ACTIVE` comes out as passed over, with the reason.
 */
export async function* roundTenants(
  members: AsyncIterable<RoundMember>,
  { findByIds, now, stop, trust, freshMs = FRESH_MS }: RoundTenantsOptions,
): AsyncGenerator<Candidate | PassedOver, void, undefined> {
  for await (const page of inPages(members, PAGE)) {
    if (stop.aborted) return;
    let tenants = new Map<string, Tenant>();
    let readAt = Number.NEGATIVE_INFINITY;
    for (const [index, member] of page.entries()) {
      if (now() - readAt > freshMs && !stop.aborted) {
        const rows = await findByIds(page.slice(index).map(({ id }) => id));
        tenants = new Map(rows.map((tenant) => [tenant.id, tenant]));
        readAt = now();
      }
      const tenant = tenants.get(member.id);
      const note = tenant?.status === 'ACTIVE' ? await trust?.(tenant) : undefined;
      yield tenant !== undefined && note !== undefined
        ? { skipped: trustedOutcome(member, tenant, note), before: member.before }
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
