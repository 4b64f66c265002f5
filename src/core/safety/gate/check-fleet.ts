import {
  type ReadFleetShapesDependencies,
  readFleetShapes,
} from '../../shapes/read-fleet-shapes.ts';
import type { Tenant } from '../../tenant.ts';
import { Refusals } from './refusals.ts';
import type { RehearsalGate } from './rehearsal-gate.ts';

/**
 * Looks at tenants before any of a run is touched, and returns those that may not be migrated. Tenants that cannot be
 * read are left to their attempts, which look again; so are half-applied ones, whose attempts refuse them alone.
 *
 * @param signal ends the reading; those that were not read by then are not looked at
 */
export async function checkFleet(
  tenants: AsyncIterable<Tenant>,
  { concurrency, signal }: { readonly concurrency: number; readonly signal?: AbortSignal },
  gate: RehearsalGate,
  reading: ReadFleetShapesDependencies,
): Promise<Refusals> {
  const refusals = new Refusals();
  const options = { concurrency, signal, withState: true };
  await readFleetShapes(tenants, options, reading, ({ slug }, found) => {
    if (found.status === 'unreadable' || found.state === undefined) return;
    const refusal = gate.refusal({ shape: found.shape, state: found.state });
    if (refusal === undefined || refusal.halfApplied !== undefined) return;
    refusals.add({ reason: refusal.reason, tenants: 1, named: [slug] });
  });
  return refusals;
}
