import type { RemoteStack } from '../../core/remote/remote-runs.ts';
import { rehearsalMissing } from '../../core/safety/gate/rehearsal-missing.ts';
import type { GateOptions } from '../runs/open-gate.ts';

/**
 * Checks that a stack holds its runs to the rehearsal that the configuration requires: the evidence is deployed with the
 * functions. Throws `RehearsalMissing` if it was deployed without any.
 */
export function checkGate({ requireRehearsal }: GateOptions, stack: RemoteStack): void {
  if (requireRehearsal === undefined || stack.requiresRehearsal === true) return;
  throw rehearsalMissing(
    `A rehearsal is required (safety.requireRehearsal), and the stack "${stack.name}" was deployed without its evidence.`,
    'stack',
  );
}
