import { FanfoldError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { RemoteRun, RemoteRuns } from '../../core/remote/remote-runs.ts';

const LOOK_EVERY_MS = 1_000;
const PATIENCE_MS = 30_000;

/**
 * Waits until AWS shows the effect of the last request, for at most half a minute, and returns the run.
 * DescribeExecution is eventually consistent: a run that was just started may be missing, and one that was
 * just redriven may still look failed.
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
