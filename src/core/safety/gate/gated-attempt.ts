import { FanfoldError } from '../../errors.ts';
import type { AttemptTenant } from '../../migrate/attempt.ts';
import { failureOf } from '../../migrate/failure-of.ts';
import {
  type ReadFleetShapesDependencies,
  readFleetShapes,
} from '../../shapes/read-fleet-shapes.ts';
import type { ShapeReading } from '../../shapes/shape-source.ts';
import type { Tenant } from '../../tenant.ts';
import { Refusals, type RehearsalGate } from './rehearsal-gate.ts';

/**
 * Looks at every tenant of a run before the first one is touched. Tenants that cannot be read are left to their
 * attempts.
 *
 * @throws FanfoldError `RehearsalMissing`, which names the shapes that were not rehearsed and their tenants
 */
export async function checkFleet(
  tenants: AsyncIterable<Tenant>,
  concurrency: number,
  gate: RehearsalGate,
  reading: ReadFleetShapesDependencies,
): Promise<void> {
  const refusals = new Refusals();
  await readFleetShapes(tenants, { concurrency, withState: true }, reading, (tenant, found) => {
    const reason = refusalOf(gate, found);
    if (reason !== undefined) refusals.add(reason, tenant.slug);
  });
  refusals.throwIfAny();
}

/** Attempts tenants only if the gate lets them through: the shape may have changed since the run began. */
export function createGatedAttempt(
  attempt: AttemptTenant,
  gate: RehearsalGate,
  reading: ReadFleetShapesDependencies,
): AttemptTenant {
  return async (tenant, ...rest) => {
    let found: ShapeReading | undefined;
    await readFleetShapes(one(tenant), { concurrency: 1, withState: true }, reading, (_, each) => {
      found = each;
    });
    const reason = found === undefined ? undefined : refusalOf(gate, found);
    if (found?.status === 'unreadable') {
      return { status: 'failed', failure: found.failure, applied: [], notes: [] };
    }
    if (reason === undefined) return attempt(tenant, ...rest);
    const failure = failureOf(notRehearsed(reason));
    return { status: 'failed', failure, applied: [], notes: [] };
  };
}

function refusalOf(gate: RehearsalGate, found: ShapeReading): string | undefined {
  if (found.status === 'unreadable' || found.state === undefined) return undefined;
  return gate.refusal({ shape: found.shape, state: found.state });
}

async function* one(tenant: Tenant): AsyncGenerator<Tenant> {
  yield tenant;
}

function notRehearsed(reason: string): FanfoldError {
  return new FanfoldError('ShapeNotRehearsed', `${reason} It has changed since the run began.`, {
    fault: 'tenant',
    nextStep:
      'Nothing was changed in this tenant. See what differs with `fanfold fleet:shapes`, rehearse the shape, and retry.',
    ownWords: true,
  });
}
