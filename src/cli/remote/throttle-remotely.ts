import { FanfoldError } from '../../core/errors.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { usingScreen } from '../output/screen.ts';
import { findRemoteRun } from './find-remote-run.ts';
import { isUnderWay } from './follow-run.ts';
import { remoteCommand } from './remote-command.ts';

/**
 * Changes how many tenants a run on AWS handles at a time, for the round that is under way. Throws
 * `RunIsOver`, or `RoundIsOver` where no round is under way at this moment (both `usage`).
 */
export function throttleRemotely(
  { host, wiring }: App,
  name: string | undefined,
  { aws: stack, maxConcurrency }: { readonly aws: string; readonly maxConcurrency: number },
): Promise<number> {
  return usingScreen(host, async (screen) => {
    const remote = await wiring.remote(stack);
    const run = await findRemoteRun(remote, name, { command: 'throttle' });
    if (!isUnderWay(run)) {
      throw new FanfoldError('RunIsOver', `Run ${run.id} is over already: ${run.status}.`, {
        fault: 'usage',
        nextStep: 'Only a run that is under way can be slowed down or sped up.',
      });
    }
    const [newest] = await remote.runs.listRounds(run.id);
    const round = newest === undefined ? undefined : await remote.runs.readRound(newest);
    if (round === undefined || round.status !== 'RUNNING') {
      throw new FanfoldError('RoundIsOver', `Run ${run.id} migrates no tenant at this moment.`, {
        fault: 'usage',
        nextStep: `It may be listing tenants or be between two waves: try again when ${remoteCommand('follow', run.id, stack)} shows progress.`,
      });
    }
    await remote.runs.throttle(round.id, maxConcurrency);
    screen.print([
      `🐢 Run ${run.id}: ${formatCount(maxConcurrency)} tenant(s) at a time, before ${formatCount(round.maxConcurrency)}`,
    ]);
    screen.note(['Tenants under way go on. Later waves and rounds go by the request again.']);
    return EXIT.ok;
  });
}
