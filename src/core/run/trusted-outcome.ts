import type { RoundMember } from '../migrate/candidate.ts';
import type { OwnNote, UnchangedOutcome } from '../outcome.ts';
import { type Tenant, tenantRef } from '../tenant.ts';

const TRUSTED: OwnNote = {
  code: 'Trusted',
  message: 'It was not asked: the central database records the version of this bundle for it.',
};

/** The outcome of a tenant that was not asked because its recorded version is trusted. */
export function trustedOutcome({ wave, position }: RoundMember, tenant: Tenant): UnchangedOutcome {
  return {
    status: 'unchanged',
    tenant: tenantRef(tenant),
    ...{ wave, position, tries: 0, durationMs: 0, notes: [TRUSTED] },
  };
}
