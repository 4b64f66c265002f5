import { GetAccountSettingsCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { Executions } from '../../core/states/step-ports.ts';
import { awsError } from './aws-error.ts';

/** Reads facts about executions from Step Functions and Lambda. */
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
        // Without input and output, which would need permissions for the KMS key.
        states.send(new DescribeExecutionCommand({ executionArn, includedData: 'METADATA_ONLY' })),
        'describe the execution',
      );
      return redriveCount;
    },

    async describeEnd(executionArn) {
      const answer = await explained(
        states.send(new DescribeExecutionCommand({ executionArn })),
        'describe the execution',
      );
      const { status, redriveCount = 0, error = '', cause = '', input = '' } = answer;
      if (status !== 'FAILED' && status !== 'TIMED_OUT' && status !== 'ABORTED') return undefined;
      return { status, redriveCount, error, cause: wordsOf(cause), input };
    },

    async concurrencyQuota() {
      try {
        const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
        return AccountLimit?.ConcurrentExecutions ?? Number.POSITIVE_INFINITY;
      } catch {
        // The quota is only for a warning, so a failure to read it must not end the run.
        return Number.POSITIVE_INFINITY;
      }
    },
  };
}

/** A function's cause is JSON with its words in `errorMessage`; any other cause is words. */
function wordsOf(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { readonly errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}

/** Turns `arn:…:execution:<machine>:<name>` into `arn:…:stateMachine:<machine>`. */
function stateMachineOf(executionArn: string): string {
  return executionArn.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, '');
}

async function explained<Answer>(call: Promise<Answer>, action: string): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    throw awsError(error, { action, caller: 'function' });
  }
}
