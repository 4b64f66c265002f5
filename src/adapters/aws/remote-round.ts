import type { DescribeMapRunOutput } from '@aws-sdk/client-sfn';
import type { RemoteRound } from '../../core/remote/remote-runs.ts';

/** Converts the result of DescribeMapRun. An item is one tenant, because items are not batched. */
export function remoteRound(described: Omit<DescribeMapRunOutput, '$metadata'>): RemoteRound {
  const { itemCounts } = described;
  return {
    id: described.mapRunArn ?? '',
    status: described.status ?? 'RUNNING',
    startedAt: described.startDate ?? new Date(0),
    maxConcurrency: described.maxConcurrency ?? 0,
    counts: {
      total: itemCounts?.total ?? 0,
      // After a redrive, items that wait to run again are counted separately.
      pending: (itemCounts?.pending ?? 0) + (itemCounts?.pendingRedrive ?? 0),
      running: itemCounts?.running ?? 0,
      succeeded: itemCounts?.succeeded ?? 0,
      failed: (itemCounts?.failed ?? 0) + (itemCounts?.timedOut ?? 0),
      aborted: itemCounts?.aborted ?? 0,
    },
  };
}
