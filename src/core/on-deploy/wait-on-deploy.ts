import { FanfoldError } from '../errors.ts';
import type { OnDeployProgress } from '../wire/on-deploy-event.ts';
import { messageOfRunCause } from '../wire/run-cause.ts';
import type { Deployments } from './deployments.ts';

export interface OnDeployState {
  readonly IsComplete: boolean;
}

/** CloudFormation shows this much of a reason. */
const REASON_LENGTH = 1_500;

/**
 * Whether the deployment may end: at once in the mode `start`, in the mode `wait` when the run has
 * succeeded. Throws `DeployedRunFailed` if the run failed and `DeployedRunTooSlow` if it takes longer
 * than the deployment waits. Both fail the deployment; the run itself is left alone.
 *
 * @param now milliseconds since 1970
 */
export async function waitOnDeploy(
  event: OnDeployProgress,
  deployments: Pick<Deployments, 'read'>,
  now: number,
): Promise<OnDeployState> {
  if (event.RequestType === 'Delete') return { IsComplete: true };
  const { executionArn } = event.Data;
  const { mode, timeoutMinutes } = event.ResourceProperties;
  if (executionArn === undefined || mode === 'start') return { IsComplete: true };
  const run = await deployments.read(executionArn);
  const name = executionArn.slice(executionArn.lastIndexOf(':') + 1);
  if (run.status === 'SUCCEEDED') return { IsComplete: true };
  if (run.status !== 'RUNNING') throw failed(name, run.status, run.cause);
  const minutes = Number(timeoutMinutes);
  if (now - run.startedAt >= minutes * 60_000) throw tooSlow(name, minutes);
  return { IsComplete: false };
}

function failed(name: string, status: string, cause = ''): FanfoldError {
  // The next step of the run would mislead: a redrive finds the earlier migrations once the deployment
  // has been rolled back.
  const why = cause === '' ? `it is ${status}.` : messageOfRunCause(cause);
  const shown = why.length > REASON_LENGTH ? `${why.slice(0, REASON_LENGTH - 1)}…` : why;
  return new FanfoldError('DeployedRunFailed', `The run ${name} failed: ${shown}`, {
    fault: 'migration',
    nextStep:
      'The functions return to the earlier migrations; tenants that were migrated stay migrated. Correct what failed and deploy again.',
  });
}

function tooSlow(name: string, minutes: number): FanfoldError {
  return new FanfoldError(
    'DeployedRunTooSlow',
    `The run ${name} has not finished after ${minutes} minutes; it continues with the migrations that it began with.`,
    {
      fault: 'configuration',
      nextStep:
        'Let it finish, then deploy again: most tenants will be up to date by then. For a fleet that takes longer, choose the mode "start".',
    },
  );
}
