import { isSuccess } from '../outcome.ts';
import { bitsOf } from '../reduce/last-outcomes.ts';
import type { DropUnchangedEvent, ListTenantsResult } from '../wire/step-schemas.ts';
import type { StepRunStore } from './step-ports.ts';

/**
 * Writes the items of a round without the tenants that its probe has settled, whose outcomes count as they are.
 * Tenants that it did not settle, because there is something to do or because it could not ask, stay: all of them,
 * if the probe failed as a whole. One bit a tenant is kept.
 */
export async function dropUnchanged(
  { execution, round, run, map }: DropUnchangedEvent,
  { store }: { readonly store: Pick<StepRunStore, 'readState' | 'readProbed' | 'writeRest'> },
): Promise<ListTenantsResult> {
  const runId = execution.name;
  const { waves } = await store.readState(runId);
  const settled = bitsOf(waves);
  for await (const outcome of store.readProbed(runId, round)) {
    if (isSuccess(outcome)) settled[outcome.wave - 1]?.add(outcome.position);
  }
  const { count, key } = await store.writeRest(
    runId,
    round,
    ({ wave, position }) => settled[wave - 1]?.has(position) !== true,
  );
  const decision = count > 0 ? 'RUN' : 'REDUCE';
  return { decision, round, run, map: { ...map, itemsKey: key } };
}
