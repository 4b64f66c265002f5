import { FanfoldError } from '../errors.ts';
import type { OwnNote } from '../outcome.ts';
import type { FencedDatabase } from '../ports.ts';
import type { SchemaState } from '../schema-state.ts';
import { SNAPSHOT_MIGRATION } from '../snapshot/snapshot.ts';
import { whyNotForBundle } from '../snapshot/why-not-used.ts';
import type { AttemptContext } from './attempt.ts';
import type { TenantPlan } from './plan-tenant.ts';

/** Whether the database was made from a snapshot, and what people should know about it. */
export interface SnapshotTry {
  readonly isApplied: boolean;
  readonly notes: readonly OwnNote[];
}

/** Makes an empty database from the snapshot of the bundle, if there is one that fits. */
export async function fromSnapshot(
  fenced: FencedDatabase,
  { pending, batch, baseline }: TenantPlan,
  { snapshot: offer, bundle, runId }: AttemptContext,
): Promise<SnapshotTry> {
  const { rows, open } = fenced.state;
  // Of a database that has begun its migrations nobody expects a snapshot, nor of one that gets only some of them.
  const isWhole = pending.length === bundle.migrations.length;
  if (offer === undefined || rows.length > 0 || open.length > 0 || !isWhole) {
    return { isApplied: false, notes: [] };
  }
  if ('problem' in offer) return notUsed(offer.problem);
  const { snapshot } = offer;
  const otherBundle = whyNotForBundle(snapshot.header, bundle);
  if (otherBundle !== undefined) return notUsed(`The snapshot is not used: ${otherBundle}.`);
  const end = await fenced.applySnapshot(snapshot, {
    runId,
    bundle: bundle.hash,
    steps: pending.map(({ migration, name }) => ({ migration, name, batch, baseline })),
  });
  if (end !== 'applied') return notUsed(`The snapshot is not used: ${end.notUsed}.`);
  const message = `The database was made from the snapshot of ${snapshot.header.madeAt}.`;
  return { isApplied: true, notes: [{ code: 'FromSnapshot', message }] };
}

function notUsed(message: string): SnapshotTry {
  return { isApplied: false, notes: [{ code: 'SnapshotNotUsed', message }] };
}

/** Whether a snapshot is being applied to the database, or its application was interrupted. */
export function isHalfMade({ open }: SchemaState): boolean {
  return open.some(({ id }) => id === SNAPSHOT_MIGRATION);
}

/** Throws `SnapshotInterrupted` for the state under the fence: nobody applies the snapshot any more. */
export function refuseHalfMade(state: SchemaState): void {
  if (!isHalfMade(state)) return;
  throw new FanfoldError(
    'SnapshotInterrupted',
    'The database was being made from a snapshot, and that was interrupted.',
    {
      fault: 'tenant',
      nextStep: 'Provision the tenant again, which makes its database anew.',
    },
  );
}
