import { describe, expect, inject, it } from 'vitest';
import { deployedStack } from './support/scenario.ts';

const { executions, fleet } = deployedStack();
const { environment, localFolder, stack } = inject('aws');

/** Has the next invocations of a function fail as Lambda fails them, before any code runs. */
async function refuse(name: string, error: string, times: number): Promise<void> {
  const answer = await fetch(`${environment.AWS_ENDPOINT_URL}/_aws-local/fail-invocations`, {
    method: 'POST',
    body: JSON.stringify({ functionName: `${stack.stackName}-${name}`, error, times }),
  });
  expect(answer.status).toBe(200);
}

// An endpoint that was given has no switch for it.
describe.runIf(localFolder)('a stack that nobody has used for weeks', () => {
  it('a stack that nobody has used for weeks wakes its functions and migrates every tenant at the first attempt', async () => {
    const { migrated } = await fleet(4);
    await refuse('settle-run', 'CodeArtifactUserPendingException', 3);
    await refuse('list-tenants', 'ENINotReadyException', 3);
    await refuse('migrate-tenant', 'ResourceNotReadyException', 5);
    await refuse('reduce-outcomes', 'ResourceConflictException', 3);
    const run = await executions.run();
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { counts: { migrated: 4 } } });
    expect(await migrated()).toHaveLength(4);
    const events = await executions.history(run.arn);
    const refused = events.filter(({ type }) => type === 'TaskFailed');
    expect(refused).toHaveLength(14);
    // The Map started children only after the migrator had answered.
    const [mapRun = ''] = await executions.mapRuns(run.arn);
    for (const { arn } of await executions.children(mapRun)) {
      const history = await executions.history(arn);
      expect(history.filter(({ type }) => type === 'TaskFailed')).toEqual([]);
    }
  });

  it('a stack that nobody has used for weeks fails in one place if the subnets are full, and migrates the fleet when it is redriven', async () => {
    const { migrated } = await fleet(3);
    await refuse('migrate-tenant', 'SubnetIPAddressLimitReachedException', 100);
    const run = await executions.run();
    expect(run).toMatchObject({
      status: 'FAILED',
      error: 'Lambda.SubnetIPAddressLimitReachedException',
    });
    expect(await executions.mapRuns(run.arn)).toEqual([]);
    await refuse('migrate-tenant', 'SubnetIPAddressLimitReachedException', 0);
    expect(await executions.redrive(run.arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await migrated()).toHaveLength(3);
  });
});
