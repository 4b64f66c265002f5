import type { ControlStore } from '../backfill/run-control.ts';
import type { StepExecution } from '../wire/step-data.ts';
import type { SetRunControlEvent, SetRunControlResult } from '../wire/step-schemas.ts';

/**
 * Keeps a wish for the backfills of a run, which its migrators follow within seconds. Keys that the wish lacks stay
 * as they are.
 */
export async function setRunControl(
  {
    execution,
    wish,
  }: Omit<SetRunControlEvent, 'step' | 'execution'> & {
    readonly execution: Pick<StepExecution, 'name'>;
  },
  { store }: { readonly store: ControlStore },
): Promise<SetRunControlResult> {
  const before = await store.readControl(execution.name);
  const { isPaused = before?.isPaused ?? false, pace = before?.pace } = wish;
  const control = { isPaused, ...(pace !== undefined && { pace }) };
  await store.writeControl(execution.name, control);
  return { control };
}
