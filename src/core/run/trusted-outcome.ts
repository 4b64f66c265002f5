import type { RoundMember } from '../migrate/candidate.ts';
import type { OwnNote, UnchangedOutcome } from '../outcome.ts';
import { type Tenant, tenantRef } from '../tenant.ts';

/**
 * Decides by the row of an `ACTIVE` tenant whether it counts as up to date without being asked: the note that says why,
 * or `undefined` if it has to be asked.
 */
export type TrustTenant = (tenant: Tenant) => OwnNote | undefined | Promise<OwnNote | undefined>;

const TRUSTED: OwnNote = {
  code: 'Trusted',
  message: 'It was not asked: the central database records the version of this bundle for it.',
};

/** Trusts every tenant that is recorded with the bundle of this hash. */
export function trustBundle(hash: string): TrustTenant {
  return ({ schemaVersion }) => (schemaVersion === hash ? TRUSTED : undefined);
}

/** The outcome of a tenant that was not asked because its record is trusted. */
export function trustedOutcome(
  { wave, position }: RoundMember,
  tenant: Tenant,
  note: OwnNote,
): UnchangedOutcome {
  return {
    status: 'unchanged',
    tenant: tenantRef(tenant),
    ...{ wave, position, tries: 0, durationMs: 0, notes: [note] },
  };
}
