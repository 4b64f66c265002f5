import { fingerprint } from '../failure.ts';
import { addFailure } from '../reduce/add-failure.ts';
import { emptySummary } from '../reduce/add-outcome.ts';
import type { Summary } from '../reduce/summary.ts';
import type { TenantRef } from '../tenant.ts';
import type { Finding } from './check.ts';
import type { Examination } from './examine-tenant.ts';

/** The fold of all examinations of a fleet. Its size does not grow with the fleet. */
export interface FleetHealth {
  readonly total: number;
  readonly well: number;
  readonly unwell: number;
  /** The findings, grouped by cause; a tenant is in as many groups as it has findings. */
  readonly causes: Pick<Summary, 'failures' | 'otherFailures'>;
  /** Tenants by the code of what was noted of them, such as `ahead`. */
  readonly notes: Readonly<Record<string, number>>;
}

/** The health of a fleet before the first examination. */
export function emptyFleetHealth(): FleetHealth {
  return {
    total: 0,
    well: 0,
    unwell: 0,
    causes: { failures: [], otherFailures: 0 },
    notes: {},
  };
}

/** Adds one examination. The result does not depend on the order in which they are added. */
export function addExamination(health: FleetHealth, examination: Examination): FleetHealth {
  const { tenant, status, checks } = examination;
  const findings = checks.filter((check) => check.status !== 'ok');
  const wrong = findings.filter((finding) => finding.status === 'wrong');
  const noted = findings.filter((finding) => finding.status === 'note');
  return {
    total: health.total + 1,
    well: health.well + (status === 'well' ? 1 : 0),
    unwell: health.unwell + (status === 'unwell' ? 1 : 0),
    causes: wrong.reduce((causes, finding) => addCause(causes, finding, tenant), health.causes),
    notes: noted.reduce(addNote, health.notes),
  };
}

/** Findings are grouped as a run groups its failures. */
function addCause(
  causes: FleetHealth['causes'],
  { code, message, nextStep }: Finding,
  tenant: TenantRef,
): FleetHealth['causes'] {
  const failure = {
    code,
    message,
    nextStep,
    retryable: false,
    fingerprint: fingerprint({ code }),
  };
  const common = { tenant, wave: 1, position: 0, tries: 1, durationMs: 0, notes: [], applied: [] };
  const { failures, otherFailures } = addFailure(
    { ...emptySummary(0), ...causes },
    { ...common, status: 'failed', failure },
  );
  return { failures, otherFailures };
}

/** Keys stay sorted, so that equal healths are equal as JSON too. */
function addNote(notes: FleetHealth['notes'], { code }: Finding): FleetHealth['notes'] {
  const entries = Object.entries({ ...notes, [code]: (notes[code] ?? 0) + 1 });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
