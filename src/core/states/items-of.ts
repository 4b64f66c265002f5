import type { RoundMember } from '../migrate/candidate.ts';
import type { Outcome } from '../outcome.ts';
import type { TenantDirectory } from '../ports.ts';
import { roundTenants } from '../run/round-tenants.ts';
import type { TrustTenant } from '../run/trusted-outcome.ts';
import type { OutcomeSink } from '../run-store.ts';
import type { Tenant } from '../tenant.ts';
import type { RoundItem } from '../wire/step-data.ts';
import { boundedLists, boundedNotes } from './bounded-outcome.ts';

/** The sources of a round's items. */
export interface ItemSources {
  readonly findByIds: TenantDirectory['findByIds'];
  readonly now: () => number;
  /** Which tenants count as up to date by their rows. */
  readonly trust: TrustTenant | undefined;
}

/**
 * The items of members as the central database has them now.
 *
 * @param skipped takes the outcomes of those that are not attempted. Default: they are reported elsewhere
 */
export async function* itemsOf(
  members: AsyncIterable<RoundMember>,
  { findByIds, now, trust }: ItemSources,
  skipped?: Pick<OutcomeSink, 'append'>,
): AsyncGenerator<RoundItem, void, undefined> {
  const stop = new AbortController().signal;
  for await (const entry of roundTenants(members, { findByIds, now, stop, trust })) {
    if ('skipped' in entry) {
      await skipped?.append(entry.skipped);
      continue;
    }
    const { wave, position, tenant, before } = entry;
    yield {
      wave,
      position,
      tenant: itemTenant(tenant),
      ...(before && { before: factsOf(before) }),
    };
  }
}

function itemTenant(tenant: Tenant): RoundItem['tenant'] {
  const { id, slug, name, status, address, encryptedPassword, migrationLogin } = tenant;
  const logins = { address, encryptedPassword, ...(migrationLogin && { migrationLogin }) };
  return { id, slug, name, status, ...logins };
}

function factsOf(before: Outcome): NonNullable<RoundItem['before']> {
  const { tries, durationMs, notes, leftOut } = before;
  const applied = 'applied' in before ? before.applied : [];
  const reverted = 'reverted' in before ? before.reverted : undefined;
  return {
    tries,
    durationMs,
    // An earlier deployment may have written it whole.
    ...boundedLists({ applied, reverted, leftOut }),
    notes: boundedNotes(notes),
  };
}
