import { takesBackfills } from '../../core/backfill/pass-of-run.ts';
import type { RunControl } from '../../core/backfill/run-control.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { printable } from '../output/printable.ts';
import { usingScreen } from '../output/screen.ts';
import { hasNoBackfills } from '../runs/has-no-backfills.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';
import { findRemoteRun } from './find-remote-run.ts';
import { isUnderWay } from './follow-run.ts';
import { remoteCommand } from './remote-command.ts';

/** A wish for the backfills of a run, and the sentence that reports it. */
export interface WishedControl {
  readonly command: 'pause' | 'resume';
  readonly wish: Partial<RunControl>;
  readonly said: (runId: string) => string;
}

/** Keeps a wish for the backfills of a run on AWS. Throws `RunIsOver` (`usage`) if it has ended. */
export function controlRemotely(
  { host, wiring }: App<RemoteWiring>,
  name: string,
  stack: string,
  { command, wish, said }: WishedControl,
): Promise<number> {
  return usingScreen(host, async (screen) => {
    const remote = await wiring.remote(stack);
    const run = await findRemoteRun(remote, name, { command });
    if (!isUnderWay(run)) {
      throw new FanfoldError('RunIsOver', `Run ${run.id} has already ended: ${run.status}.`, {
        fault: 'usage',
        nextStep: `Continue its backfills with: ${remoteCommand('migrate:retry', run.id, stack)}`,
      });
    }
    const { request } = await remote.store.readRun(run.id);
    if (!takesBackfills(request)) throw hasNoBackfills(run.id);
    await remote.runs.control(run, wish);
    screen.print([said(printable(run.id))]);
    return EXIT.ok;
  });
}
