import { GetAccountSettingsCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { Executions } from '../../core/step-ports.ts';
import { awsError } from './aws-error.ts';

/** Asks Step Functions and Lambda about executions. */
export function createExecutions(
  states: Pick<SFNClient, 'send'>,
  lambda: Pick<LambdaClient, 'send'>,
): Executions {
  return {
    async otherRunning(executionArn) {
      const stateMachineArn = stateMachineOf(executionArn);
      const { executions = [] } = await explained(
        states.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' })),
        'list running executions',
      );
      return executions
        .filter((execution) => execution.executionArn !== executionArn)
        .map(({ executionArn: arn = '', name = '', startDate }) => ({
          arn,
          name,
          startedAt: (startDate ?? new Date(0)).toISOString(),
        }));
    },

    async redriveCount(executionArn) {
      const { redriveCount = 0 } = await explained(
        // Without its input and output, which would take rights on the key.
        states.send(new DescribeExecutionCommand({ executionArn, includedData: 'METADATA_ONLY' })),
        'describe the execution',
      );
      return redriveCount;
    },

    async concurrencyQuota() {
      try {
        const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
        return AccountLimit?.ConcurrentExecutions ?? Number.POSITIVE_INFINITY;
      } catch {
        // It only serves a warning, and no run should end for want of that.
        return Number.POSITIVE_INFINITY;
      }
    },
  };
}

/** `arn:…:execution:<machine>:<name>` is an execution of `arn:…:stateMachine:<machine>`. */
function stateMachineOf(executionArn: string): string {
  return executionArn.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, '');
}

async function explained<Answer>(call: Promise<Answer>, action: string): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    throw awsError(error, { action });
  }
}
