import {
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { FanfoldError } from '../../core/errors.ts';
import type { RemoteApprovals } from '../../core/remote/remote-approvals.ts';
import { ROLLOUT_REJECTED } from '../../core/wire/error-names.ts';
import { awsError } from './aws-error.ts';

export interface RemoteApprovalsOptions {
  readonly states: Pick<SFNClient, 'send'>;
  readonly identities: Pick<STSClient, 'send'>;
  readonly region: string;
}

/** Step Functions has closed the task: it was decided, has expired, or its run was stopped. */
const CLOSED = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

/** Decides about states that wait with a task token. */
export function createRemoteApprovals({
  states,
  identities,
  region,
}: RemoteApprovalsOptions): RemoteApprovals {
  return {
    async caller() {
      try {
        const { Arn = 'unknown' } = await identities.send(new GetCallerIdentityCommand({}));
        return Arn;
      } catch (error) {
        throw awsError(error, { action: 'ask who you are', region });
      }
    },

    async send(taskToken, decision) {
      const said = JSON.stringify(decision);
      try {
        await (decision.verdict === 'approved'
          ? states.send(new SendTaskSuccessCommand({ taskToken, output: said }))
          : states.send(
              new SendTaskFailureCommand({ taskToken, error: ROLLOUT_REJECTED, cause: said }),
            ));
      } catch (error) {
        if (error instanceof Error && CLOSED.has(error.name)) throw isClosed(decision.wave, error);
        const action = decision.verdict === 'approved' ? 'approve a wave' : 'reject a wave';
        throw awsError(error, { action: `${action} (grantApprove gives that right)`, region });
      }
    },
  };
}

function isClosed(wave: number, cause: Error): FanfoldError {
  return new FanfoldError(
    'ApprovalOver',
    `Wave ${wave} does not wait for an approval any more: somebody has decided, or the time is up.`,
    {
      fault: 'usage',
      nextStep: 'Look at the run: `fanfold runs show` with --aws says who decided, and when.',
      cause,
    },
  );
}
