import { FanfoldError } from '../errors.ts';
import { Refusals } from '../safety/gate/refusals.ts';
import type { SettleShapesEvent, SettleShapesResult } from '../wire/step-schemas.ts';
import type { StepRunStore } from './step-ports.ts';

/**
 * Folds what the batches of CheckShapes have found, before the first wave. The round begins if every tenant may be
 * migrated, or cannot be read and is left to its attempt. After a redrive the shapes are read again: the evidence or the
 * tenants have changed, or a batch had failed.
 *
 * @throws FanfoldError `RehearsalMissing` with the shapes that were not rehearsed and their tenants, and
 * `ShapesNotChecked` if not every batch was read
 */
export async function settleShapes(
  { execution, round, shapes, next }: SettleShapesEvent,
  { store }: { readonly store: Pick<StepRunStore, 'readRefusals'> },
): Promise<SettleShapesResult> {
  if (execution.redriveCount > shapes.redriveCount) return { decision: 'AGAIN', round };
  const found = await store.readRefusals(execution.name, shapes.redriveCount);
  const refusals = new Refusals();
  for (const refusal of found ?? []) refusals.add(refusal);
  refusals.throwIfAny('aws');
  const problem = shapes.problem ?? (found === undefined ? 'no results were written' : undefined);
  if (problem !== undefined) throw notChecked(problem);
  return next;
}

function notChecked(problem: string): FanfoldError {
  return new FanfoldError(
    'ShapesNotChecked',
    `A rehearsal is required, and the shapes of the tenants could not all be read (${problem}).`,
    {
      fault: 'configuration',
      nextStep:
        'No tenant was touched. The Map Run CheckShapes and the log of the function migrate-tenant have the reason. Press Redrive, which reads all of them again.',
    },
  );
}
