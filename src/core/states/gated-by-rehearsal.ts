import type { Bundle } from '../bundle/bundle.ts';
import type { AttemptTenant } from '../migrate/attempt.ts';
import { createGatedAttempt } from '../safety/gate/gated-attempt.ts';
import { createRehearsalGate } from '../safety/gate/rehearsal-gate.ts';
import type { RequiredRehearsal } from './required-rehearsal.ts';

/**
 * Attempts tenants only if their shapes were rehearsed, by the evidence that was deployed: shapes may have changed since
 * the run began. Without a rehearsal that is required, and for plans and rollbacks, every tenant is attempted.
 *
 * @param bundle all migrations that are deployed
 */
export function gatedByRehearsal(
  attempt: AttemptTenant,
  rehearsal: RequiredRehearsal | undefined,
  bundle: Bundle,
): AttemptTenant {
  if (rehearsal === undefined) return attempt;
  return async (tenant, context) => {
    if (context.request.command !== 'migrate') return attempt(tenant, context);
    const { evidence, file } = await rehearsal.load();
    const gate = createRehearsalGate(evidence, {
      bundle,
      wanted: context.bundle,
      file,
      place: 'aws',
    });
    return createGatedAttempt(attempt, gate, rehearsal.reading)(tenant, context);
  };
}
