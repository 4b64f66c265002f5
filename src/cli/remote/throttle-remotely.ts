import { FanfoldError } from '../../core/errors.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { usingScreen } from '../output/screen.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';
import { findRemoteRun } from './find-remote-run.ts';
import { isUnderWay } from './follow-run.ts';
import { remoteCommand } from './remote-command.ts';

/**
 * Changes how many tenants the current round of a run on AWS migrates at a time. Throws `RunIsOver`, or
 * `RoundIsOver` if no round is in progress at the moment (both `usage`).
 */
export function throttleRemotely(
  { host, wiring }: App<RemoteWiring>,
  name: string | undefined,
  { aws: stack, maxConcurrency }: { readonly aws: string; readonly maxConcurrency: number },
): Promise<number> {
  return usingScreen(host, async (screen) => {
    const remote = await wiring.remote(stack);
    const run = await findRemoteRun(remote, name, { command: 'throttle' });
    if (!isUnderWay(run)) {
      throw new FanfoldError('RunIsOver', `Run ${run.id} has already ended: ${run.status}.`, {
        fault: 'usage',
        nextStep: 'Only a run in progress can be slowed down or sped up.',
      });
    }
    const [newest] = (await remote.runs.listMapRuns(run.id)).rounds;
    const round = newest === undefined ? undefined : await remote.runs.readRound(newest);
    if (round === undefined || round.status !== 'RUNNING') {
      throw new FanfoldError(
        'RoundIsOver',
        `Run ${run.id} is not migrating tenants at the moment.`,
        {
          fault: 'usage',
          nextStep: `It may be listing or asking tenants, or be between two waves. Try again once ${remoteCommand('follow', run.id, stack)} shows progress.`,
        },
      );
    }
    await remote.runs.throttle(round.id, maxConcurrency);
    screen.print([
      `🐢 Run ${run.id}: ${formatCount(maxConcurrency)} tenant(s) at a time, instead of ${formatCount(round.maxConcurrency)}`,
    ]);
    screen.note(['Migrations in progress continue; later rounds use the original value again.']);
    return EXIT.ok;
  });
}
