import type { Outcome } from '../../outcome.ts';
import { isBefore } from '../add-failure.ts';
import { kindOfOutcome } from './outcome-kind.ts';
import type { SlowTenant } from './run-details.ts';

/** Tenants that are named. */
const MOST_SLOW = 10;

/** The tenants that took longest, the longest first; equally long ones by slug. */
export interface SlowestTenants {
  add(outcome: Outcome): void;
  result(): readonly SlowTenant[];
}

export function createSlowestTenants(): SlowestTenants {
  const slowest: SlowTenant[] = [];
  return {
    add(outcome) {
      const { tenant, durationMs, tries } = outcome;
      const comesAfter = (slow: SlowTenant) =>
        slow.durationMs === durationMs
          ? isBefore(tenant, slow.tenant)
          : slow.durationMs < durationMs;
      const last = slowest.at(-1);
      if (slowest.length === MOST_SLOW && last !== undefined && !comesAfter(last)) return;
      const index = slowest.findIndex(comesAfter);
      const slow = {
        tenant,
        kind: kindOfOutcome(outcome),
        durationMs,
        tries,
        longest: longestOf(outcome),
      };
      slowest.splice(index < 0 ? slowest.length : index, 0, slow);
      slowest.length = Math.min(slowest.length, MOST_SLOW);
    },
    result: () => slowest,
  };
}

function longestOf(outcome: Outcome): SlowTenant['longest'] {
  const applied = 'applied' in outcome ? outcome.applied : [];
  const reverted = 'reverted' in outcome ? (outcome.reverted ?? []) : [];
  let longest: SlowTenant['longest'];
  for (const { name, durationMs } of [...applied, ...reverted]) {
    if (durationMs > (longest?.durationMs ?? 0)) longest = { name, durationMs };
  }
  return longest;
}
