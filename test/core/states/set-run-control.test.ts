import { expect, it } from 'vitest';
import type { RunControl } from '../../../src/core/backfill/run-control.ts';
import { setRunControl } from '../../../src/core/states/set-run-control.ts';

it('keeps a wish for the backfills of a run, and leaves what it does not name', async () => {
  let kept: RunControl | undefined;
  const store = {
    readControl: async () => kept,
    writeControl: async (_: string, control: RunControl) => {
      kept = control;
    },
  };
  const wish = (wished: Partial<RunControl>) =>
    setRunControl({ execution: { name: 'run-1' }, wish: wished }, { store });
  expect(await wish({ pace: 0.1 })).toEqual({ control: { isPaused: false, pace: 0.1 } });
  expect(await wish({ isPaused: true })).toEqual({ control: { isPaused: true, pace: 0.1 } });
  await wish({ isPaused: false });
  expect(kept).toEqual({ isPaused: false, pace: 0.1 });
});
