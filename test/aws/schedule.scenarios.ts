import { DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { describe, expect, inject, it } from 'vitest';
import { deployedStack } from './support/scenario.ts';
import { until } from './support/until.ts';

const { executions, fleet, clients } = deployedStack();
const { stack, environment } = inject('aws');

/** Does what the clock would do, which the local endpoint does not. Returns the execution's ARN. */
async function fireSchedule(): Promise<string> {
  const command = new DescribeStackResourcesCommand({ StackName: stack.stackName });
  const { StackResources = [] } = await clients.cloudFormation.send(command);
  const idOf = (type: string) =>
    StackResources.find(({ ResourceType }) => ResourceType === type)?.PhysicalResourceId;
  const group = idOf('AWS::Scheduler::ScheduleGroup');
  const name = idOf('AWS::Scheduler::Schedule')?.replace(/^.*[|/]/, '');
  const response = await fetch(`${environment.AWS_ENDPOINT_URL}/_aws-local/fire`, {
    method: 'POST',
    body: JSON.stringify({ name, group }),
  });
  const answer = (await response.json()) as { executionArn?: string };
  if (answer.executionArn === undefined) throw new Error(JSON.stringify(answer));
  return answer.executionArn;
}

describe('the schedule', () => {
  it('the schedule starts a run under an id of its own', async () => {
    const { migrated } = await fleet(2);
    const run = await executions.ended(await fireSchedule());
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { counts: { migrated: 2 } } });
    expect(run.name).toMatch(/[0-9a-f]{8}-[0-9a-f-]{27}/);
    expect(await migrated()).toHaveLength(2);
    const again = await executions.ended(await fireSchedule());
    expect(again.name).not.toBe(run.name);
  });

  it('the schedule leaves a run that is under way alone, and reports it', async () => {
    const { tenants, migrated } = await fleet(2);
    await tenants[0]?.misbehave({ how: 'wait', times: 1, ms: 30_000 });
    const running = await executions.start({ maxConcurrency: 1 });
    await until(async () => (await executions.mapRuns(running)).length === 1);
    const skipped = await executions.ended(await fireSchedule());
    expect(skipped.status).toBe('SUCCEEDED');
    expect(skipped.output?.message).toContain(running.split(':').at(-1));
    expect(await executions.mapRuns(skipped.arn)).toEqual([]);
    await tenants[0]?.misbehave(undefined);
    expect((await executions.ended(running)).status).toBe('SUCCEEDED');
    expect(await migrated()).toHaveLength(2);
  });
});

describe('a second execution by hand', () => {
  it('a second execution by hand is safe while one runs, and reports it', async () => {
    const { tenants, migrated } = await fleet(3);
    await tenants[0]?.misbehave({ how: 'wait', times: 1, ms: 3_000 });
    const first = await executions.start({ maxConcurrency: 3 });
    await until(async () => (await executions.mapRuns(first)).length === 1);
    const skipped = await executions.run({ ifRunning: 'skip' });
    expect(skipped.status).toBe('SUCCEEDED');
    expect(skipped.output?.message).toContain('"ifRunning" is "skip"');
    expect(await executions.mapRuns(skipped.arn)).toEqual([]);
    const second = await executions.run({ maxConcurrency: 3 });
    // Its migrator waits for the fence of the first.
    expect(second.status).toBe('SUCCEEDED');
    expect(JSON.stringify(second.output)).toContain(first.split(':').at(-1));
    expect((await executions.ended(first)).status).toBe('SUCCEEDED');
    expect(await migrated()).toHaveLength(3);
  });
});
