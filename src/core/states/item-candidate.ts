import type { Candidate } from '../migrate/candidate.ts';
import type { RoundItem } from '../wire/step-data.ts';

/** The tenant of an item with its place in the run; what the central database records of it stays there. */
export function itemCandidate({ wave, position, tenant: row }: RoundItem): Candidate {
  const tenant = { ...row, schemaVersion: null, lastMigratedAt: null, lastRunId: null };
  return { id: tenant.id, wave, position, tenant };
}
