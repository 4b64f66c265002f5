import { FanfoldError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { RemoteRun, RemoteRuns } from '../../core/remote-runs.ts';

const LOOK_EVERY_MS = 1_000;
const PATIENCE_MS = 30_000;

/**
 * The run once AWS tells of what was just asked of it: DescribeExecution is eventually consistent, so
 * that a run which was started may not be there yet, and one that was redriven still look failed.
 * After half a minute the run as it looks then.
 */
export async function seenRun(
  runId: string,
  { runs, clock }: { readonly runs: RemoteRuns; readonly clock: Clock },
  isSeen: (run: RemoteRun) => boolean,
): Promise<RemoteRun> {
  const never = new AbortController().signal;
  const until = clock.now() + PATIENCE_MS;
  for (;;) {
    const isLast = clock.now() >= until;
    try {
      const run = await runs.read(runId);
      if (isSeen(run) || isLast) return run;
    } catch (error) {
      const mayCome = error instanceof FanfoldError && error.code === 'RunUnknown';
      if (!mayCome || isLast) throw error;
    }
    await clock.sleep(LOOK_EVERY_MS, never);
  }
}
