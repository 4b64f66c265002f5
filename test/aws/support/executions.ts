import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  type HistoryEvent,
  ListMapRunsCommand,
  type MapRunExecutionCounts,
  type MapRunItemCounts,
  paginateGetExecutionHistory,
  paginateListExecutions,
  RedriveExecutionCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { ShortSummary } from '../../../src/core/wire/step-data.ts';

/** How an execution ended. */
export interface EndedExecution {
  readonly arn: string;
  /** Its name is the run's id. */
  readonly name: string;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';
  readonly input: string;
  /** Output of an execution that succeeded. */
  readonly output: ShortSummary | undefined;
  /** Error of an execution that failed. */
  readonly error: string | undefined;
  /** The cause that the console shows. */
  readonly cause: string;
  readonly redriveCount: number;
}

/** A child execution of a Map Run: one tenant's. */
export interface Child {
  readonly arn: string;
  readonly status: string;
  readonly redriveCount: number;
}

/** The executions of one state machine. */
export interface Executions {
  /** Starts an execution and returns its ARN. A text is sent unchanged. */
  start(request: object | string, name?: string): Promise<string>;
  /** Starts an execution and waits for its end. */
  run(request?: object | string, name?: string): Promise<EndedExecution>;
  /** Waits until the execution has ended. */
  ended(arn: string): Promise<EndedExecution>;
  /** Redrives it and waits for its end. */
  redrive(arn: string): Promise<EndedExecution>;
  stop(arn: string): Promise<EndedExecution>;
  /** ARNs of the Map Runs that migrated tenants, or of those of another Map; the oldest first. */
  mapRuns(arn: string, of?: 'MigrateTenants' | 'ProbeTenants' | 'CheckShapes'): Promise<string[]>;
  describeMapRun(mapRun: string): Promise<{
    status: string;
    counts: MapRunItemCounts;
    /** Its children by status. */
    children: MapRunExecutionCounts;
  }>;
  children(mapRun: string): Promise<Child[]>;
  history(arn: string): Promise<HistoryEvent[]>;
  /** ARNs, the newest first. */
  list(): Promise<string[]>;
}

const ENDED_WITHIN_MS = 300_000;

export function executionsOf(client: SFNClient, stateMachineArn: string): Executions {
  const start = async (request: object | string, name?: string) => {
    const input = typeof request === 'string' ? request : JSON.stringify(request);
    const command = new StartExecutionCommand({ stateMachineArn, input, name });
    const { executionArn } = await client.send(command);
    return given(executionArn);
  };
  const ended = async (arn: string) => {
    const until = Date.now() + ENDED_WITHIN_MS;
    for (;;) {
      const execution = await describe(client, arn);
      if (execution !== undefined) return execution;
      if (Date.now() > until) throw new Error(`${arn} still runs.`);
      await delay(100);
    }
  };
  return {
    start,
    ended,
    run: async (request = {}, name) => ended(await start(request, name)),
    async redrive(executionArn) {
      await client.send(new RedriveExecutionCommand({ executionArn }));
      return ended(executionArn);
    },
    async stop(executionArn) {
      await client.send(new StopExecutionCommand({ executionArn, cause: 'Stopped by a test.' }));
      return ended(executionArn);
    },
    async mapRuns(executionArn, of = 'MigrateTenants') {
      const { mapRuns = [] } = await client.send(new ListMapRunsCommand({ executionArn }));
      const arns = mapRuns.map(({ mapRunArn }) => given(mapRunArn));
      return arns.filter((arn) => arn.includes(`/${of}:`)).reverse();
    },
    async describeMapRun(mapRunArn) {
      const described = await client.send(new DescribeMapRunCommand({ mapRunArn }));
      const { status, itemCounts, executionCounts } = described;
      return {
        status: given(status),
        counts: given(itemCounts),
        children: given(executionCounts),
      };
    },
    async children(mapRunArn) {
      const children: Child[] = [];
      for await (const page of paginateListExecutions({ client }, { mapRunArn })) {
        for (const { executionArn, status, redriveCount = 0 } of page.executions ?? []) {
          children.push({ arn: given(executionArn), status: given(status), redriveCount });
        }
      }
      return children;
    },
    async history(executionArn) {
      const events: HistoryEvent[] = [];
      for await (const page of paginateGetExecutionHistory({ client }, { executionArn })) {
        events.push(...(page.events ?? []));
      }
      return events;
    },
    async list() {
      const arns: string[] = [];
      for await (const page of paginateListExecutions({ client }, { stateMachineArn })) {
        arns.push(...(page.executions ?? []).map(({ executionArn }) => given(executionArn)));
      }
      return arns;
    },
  };
}

async function describe(client: SFNClient, executionArn: string) {
  const answer = await client.send(new DescribeExecutionCommand({ executionArn }));
  const { status, output, error, cause = '', name, input = '', redriveCount = 0 } = answer;
  if (status === 'RUNNING' || status === undefined || status === 'PENDING_REDRIVE') return;
  return {
    arn: executionArn,
    name: given(name),
    status,
    input,
    output: output === undefined ? undefined : JSON.parse(output),
    error,
    cause,
    redriveCount,
  } satisfies EndedExecution;
}

function given<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('The answer lacks what it always has.');
  return value;
}
