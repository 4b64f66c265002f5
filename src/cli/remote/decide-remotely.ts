import { checkWaiting } from '../../core/rollout/check-waiting.ts';
import type { ApprovalDecision } from '../../core/rollout/rollout.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import type { Screen } from '../output/screen.ts';
import { type DecideWiring, type Decision, noneWaits, tellDecision } from '../runs/decision.ts';
import type { RemoteApprovalAccess } from '../wiring/wire-remote.ts';
import { findRemoteRun } from './find-remote-run.ts';
import { isUnderWay } from './follow-run.ts';
import { remoteCommand } from './remote-command.ts';

/** Executions among which `last` is looked for. */
const LOOKED_AT = 20;

/** Approves or rejects the next wave of a run on AWS. Throws as `decide` does, and the errors of AWS. */
export async function decideRemotely(
  { wiring }: App<DecideWiring>,
  name: string,
  { verdict, why, aws: stack }: Decision & { readonly aws: string },
  screen: Screen,
): Promise<number> {
  const remote = await wiring.remoteApprovals(stack);
  const { store, approvals, clock } = remote;
  const run =
    name === 'last'
      ? await newestWaiting(remote, stack)
      : await findRemoteRun(remote, name, {
          command: verdict === 'approved' ? 'approve' : 'reject',
        });
  const { wave } = checkWaiting({
    runId: run.id,
    rollout: await store.readRollout(run.id),
    isOver: !isUnderWay(run),
    now: clock.now(),
    retry: remoteCommand('migrate:retry', run.id, stack),
  });
  const token = await store.readApprovalToken(run.id);
  // The token is written before the wave is shown as waiting.
  if (token?.wave !== wave) throw noneWaits(` --aws ${stack}`);
  const decision: ApprovalDecision = {
    wave,
    verdict,
    by: await approvals.caller(),
    why,
    at: new Date(clock.now()).toISOString(),
  };
  await approvals.send(token.token, decision);
  tellDecision(screen, run.id, decision, stack);
  return EXIT.ok;
}

async function newestWaiting({ runs, store }: RemoteApprovalAccess, stack: string) {
  for (const run of await runs.newest(LOOKED_AT)) {
    if (!isUnderWay(run)) continue;
    if ((await store.readRollout(run.id))?.held?.gate === 'approval') return run;
  }
  throw noneWaits(` --aws ${stack}`);
}
