import { describe, expect, it } from 'vitest';
import { deployedStack } from './support/scenario.ts';
import { until } from './support/until.ts';

const { executions, fleet, summary } = deployedStack();

describe('a new execution with retryOf', () => {
  it('a new execution with retryOf retries tenants that failed in an earlier run, and inherits its request', async () => {
    const { tenants, migrated } = await fleet(6);
    const [, broken] = tenants;
    await broken?.breakDatabase();
    const safety = { lock: 'none', copyBytes: '1GiB' };
    const failed = await executions.run({ maxConcurrency: 3, lockWaitTimeoutSeconds: 7, safety });
    expect(failed.status).toBe('FAILED');
    await broken?.repairDatabase();

    const retry = await executions.run({ retryOf: failed.name });
    expect(retry).toMatchObject({
      status: 'SUCCEEDED',
      output: { total: 1, counts: { migrated: 1 } },
    });
    const [mapRun = ''] = await executions.mapRuns(retry.arn);
    const [child] = await executions.children(mapRun);
    const [started] = await executions.history(child?.arn ?? '');
    const input = JSON.parse(started?.executionStartedEventDetails?.input ?? '{}');
    expect(input.run.request).toMatchObject({ lockWaitTimeoutSeconds: 7, safety });
    expect(await migrated()).toHaveLength(6);
    // A retry in another run does not change the summary of the earlier one.
    expect(await summary(failed.name)).toMatchObject({ total: 6, counts: { failed: 1 } });

    const nothing = await executions.run({ retryOf: retry.name });
    expect(nothing.status).toBe('FAILED');
    expect(nothing.cause).toContain('RunLeavesNothing');
    const plan = await executions.run({ command: 'plan' });
    const planned = await executions.run({ retryOf: plan.name });
    expect(planned.status).toBe('FAILED');
    expect(planned.cause).toContain('PlanLeavesNothing');
  });

  it('a new execution with retryOf also retries the rest of a stopped run, which has no summary', async () => {
    const { tenants, migrated } = await fleet(6);
    await tenants[2]?.misbehave({ how: 'wait', times: 1, ms: 30_000 });
    const arn = await executions.start({ maxConcurrency: 1 });
    await until(async () => (await migrated()).length >= 1);
    const stopped = await executions.stop(arn);
    expect(stopped.status).toBe('ABORTED');
    const done = await migrated();
    await tenants[2]?.misbehave(undefined);
    expect(done.length).toBeLessThan(6);

    const retry = await executions.run({ retryOf: stopped.name, maxConcurrency: 3 });
    expect(retry).toMatchObject({ status: 'SUCCEEDED' });
    const { counts, total } = await summary(retry.name);
    // A stopped child does not stop its function, so that its tenant is checked again.
    expect(counts.migrated + counts.unchanged).toBe(total);
    expect(total).toBeGreaterThanOrEqual(6 - done.length);
    expect(await migrated()).toHaveLength(6);
  });
});
