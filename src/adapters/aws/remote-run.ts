import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import type { RemoteRun } from '../../core/remote/remote-runs.ts';

/** Converts the description of an execution, or its entry in a list, which has fewer facts. */
export function remoteRun(described: Omit<DescribeExecutionOutput, '$metadata'>): RemoteRun {
  const { redriveStatus, redriveStatusReason } = described;
  return {
    id: described.name ?? '',
    arn: described.executionArn ?? '',
    status: described.status ?? 'RUNNING',
    startedAt: described.startDate ?? new Date(0),
    stoppedAt: described.stopDate,
    redriveCount: described.redriveCount ?? 0,
    redrivenAt: described.redriveDate,
    notRedrivable:
      redriveStatus === 'NOT_REDRIVABLE' ? (redriveStatusReason ?? 'no reason given') : undefined,
    output: described.output,
    error: described.error,
    cause: described.cause,
  };
}
