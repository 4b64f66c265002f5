import { FanfoldError, isFanfoldError } from '../errors.ts';
import type { RunRecord } from '../run-store.ts';

/**
 * Format of a run in the run store, which its record keeps. The number grows when an earlier Fanfold would
 * misread one of the run's files or resume it wrongly; a new file, or a new field that readers may ignore,
 * leaves it as it is. Runs without a number were written before it existed, and are of format 1.
 * docs/reference/compatibility.md has the policy.
 */
export const RUN_FORMAT = 1;

/** A run's record as a store keeps it: every format keeps `format`, `id` and `startedAt`. */
export type StoredRun = RunRecord & { readonly format: number };

/** A run's record as a store writes it: with the number of its format. */
export function storedRun(run: RunRecord): StoredRun {
  return { format: RUN_FORMAT, ...run };
}

/**
 * The record that a store has read; `undefined` if it is not the record of a run. Throws `RunNewer` if a
 * later Fanfold has written the run in a format that this one does not read.
 */
export function readStoredRun(value: unknown, newest = RUN_FORMAT): RunRecord | undefined {
  const stored = value as Partial<StoredRun> | null | undefined;
  if (typeof stored?.startedAt !== 'string') return undefined;
  const { format = 1, ...record } = stored;
  if (format > newest) throw runNewer(String(record.id), format, newest);
  return record as RunRecord;
}

/** Whether a run could not be read because a later Fanfold has written it. */
export function isRunNewer(error: unknown): boolean {
  return isFanfoldError(error) && error.code === 'RunNewer';
}

function runNewer(runId: string, format: number, newest: number): FanfoldError {
  return new FanfoldError(
    'RunNewer',
    `A later version of Fanfold has written run "${runId}": it is in format ${format}, and this version reads formats up to ${newest}. Nothing was changed.`,
    {
      fault: 'configuration',
      nextStep:
        'Use the later version here too: upgrade the package, or deploy the stack that has it.',
    },
  );
}
