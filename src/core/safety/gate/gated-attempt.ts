import { FanfoldError } from '../../errors.ts';
import type { AttemptTenant } from '../../migrate/attempt.ts';
import { failureOf } from '../../migrate/failure-of.ts';
import type { SchemaState } from '../../schema-state.ts';
import {
  type ReadFleetShapesDependencies,
  readFleetShapes,
} from '../../shapes/read-fleet-shapes.ts';
import type { ShapeReading } from '../../shapes/shape-source.ts';
import type { Tenant } from '../../tenant.ts';
import type { GateRefusal, RehearsalGate } from './rehearsal-gate.ts';

/**
 * Attempts tenants only if the gate lets them through: the shape may have changed since the run began. It is read under
 * the fence, just before the first migration of the run, and only if something is pending.
 */
export function createGatedAttempt(
  attempt: AttemptTenant,
  gate: RehearsalGate,
  reading: ReadFleetShapesDependencies,
): AttemptTenant {
  return (tenant, context) => {
    const mayMigrate = async (state: SchemaState) => {
      // Migrations that this run has applied or begun have changed the shape, which was rehearsed as a whole.
      if (!gate.concerns(state) || isBegunBy(context.runId, state)) return undefined;
      const found = await readShape(tenant, reading);
      if (found.status === 'unreadable') return found.failure;
      const refusal = gate.refusal({ shape: found.shape, state });
      return refusal === undefined ? undefined : failureOf(notRehearsed(refusal, tenant.slug));
    };
    return attempt(tenant, { ...context, mayMigrate });
  };
}

function isBegunBy(runId: string, { appliedBy, open }: SchemaState): boolean {
  return [...appliedBy.values(), ...open.map((each) => each.runId)].includes(runId);
}

async function readShape(
  tenant: Tenant,
  reading: ReadFleetShapesDependencies,
): Promise<ShapeReading> {
  let found: ShapeReading | undefined;
  await readFleetShapes(one(tenant), { concurrency: 1 }, reading, (_, each) => {
    found = each;
  });
  if (found === undefined) throw new Error('The shape was not read.');
  return found;
}

async function* one(tenant: Tenant): AsyncGenerator<Tenant> {
  yield tenant;
}

function notRehearsed({ reason, halfApplied }: GateRefusal, slug: string): FanfoldError {
  const isHalf = halfApplied !== undefined;
  return new FanfoldError(
    'ShapeNotRehearsed',
    isHalf ? reason : `${reason} It has changed since the run began.`,
    {
      fault: 'tenant',
      nextStep: isHalf
        ? `Nothing was changed in this tenant. Rehearse every stop with \`fanfold migrate:rehearse --stops all --evidence <file>\` and retry, or decide about the migration with \`fanfold migrate:resolve ${slug}\`.`
        : 'Nothing was changed in this tenant. See what differs with `fanfold fleet:shapes`, rehearse the shape, and retry.',
      ownWords: true,
    },
  );
}
