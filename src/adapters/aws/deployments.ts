import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeExecutionCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { DeployedRun, Deployments } from '../../core/on-deploy/deployments.ts';
import { awsError } from './aws-error.ts';

/** Calls CloudFormation and Step Functions during a deployment. */
export function createDeployments(
  stacks: Pick<CloudFormationClient, 'send'>,
  states: Pick<SFNClient, 'send'>,
): Deployments {
  const describe = async (stackId: string) => {
    const { Stacks: [stack] = [] } = await explained(
      stacks.send(new DescribeStacksCommand({ StackName: stackId })),
      'describe the stack',
    );
    return stack;
  };
  return {
    async isRollingBack(stackId) {
      return /ROLLBACK/.test((await describe(stackId))?.StackStatus ?? '');
    },

    async deployedOutput(stackId, key) {
      // CloudFormation replaces the outputs when a deployment has succeeded.
      const { Outputs = [] } = (await describe(stackId)) ?? {};
      return Outputs.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
    },

    async start(stateMachineArn, name, input) {
      try {
        const answer = await states.send(
          new StartExecutionCommand({ stateMachineArn, name, input }),
        );
        return answer.executionArn ?? '';
      } catch (error) {
        // The framework repeats a request whose response was lost; the run may have ended by then.
        if ((error as Error).name === 'ExecutionAlreadyExists') {
          return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
        }
        throw awsError(error, { action: 'start a run', caller: 'function' });
      }
    },

    async read(executionArn) {
      const { status, startDate, cause } = await explained(
        states.send(new DescribeExecutionCommand({ executionArn })),
        'describe the run',
      );
      return {
        status: (status ?? 'RUNNING') as DeployedRun['status'],
        startedAt: startDate?.getTime() ?? 0,
        cause: cause === undefined ? undefined : wordsOf(cause),
      };
    },
  };
}

/** The message in a cause: Lambda wraps a function's error in JSON. */
function wordsOf(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}

async function explained<Answer>(call: Promise<Answer>, action: string): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    throw awsError(error, { action, caller: 'function' });
  }
}
