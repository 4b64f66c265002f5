import { describe, expect, it } from 'vitest';
import { configure, whileThrottled } from './support/functions.ts';
import { deployedStack } from './support/scenario.ts';

const { executions, fleet, summary, object, keys, putObject, deleteObject } = deployedStack();

/** More than the retries of the child's task. */
const ALWAYS = 1_000;

describe('a migrator', () => {
  it('a migrator that is killed once is started again by itself', async () => {
    const { tenants, migrated } = await fleet(2);
    await tenants[0]?.misbehave({ how: 'die', times: 1 });
    const run = await executions.run({ maxConcurrency: 2 });
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { counts: { migrated: 2 } } });
    expect(await migrated()).toHaveLength(2);
  });

  it('a migrator that is killed each time fails its tenant with a cause, and a redrive finishes it', async () => {
    const { tenants, migrated } = await fleet(3);
    await tenants[1]?.misbehave({ how: 'die', times: ALWAYS });
    const run = await executions.run({ maxConcurrency: 3 });
    expect(run).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
    expect(await summary(run.name)).toMatchObject({
      total: 3,
      counts: { migrated: 2, failed: 1 },
      failures: [{ code: 'MigratorCrashed', tenants: [{ slug: tenants[1]?.slug }] }],
    });
    expect(run.cause).toContain('MigratorCrashed');

    await tenants[1]?.misbehave(undefined);
    const redriven = await executions.redrive(run.arn);
    expect(redriven).toMatchObject({ status: 'SUCCEEDED', output: { counts: { migrated: 3 } } });
    expect(await migrated()).toHaveLength(3);
  });

  it('a migrator that runs out of time fails its tenant with a cause, and a redrive finishes it', async () => {
    const { tenants, migrated } = await fleet(2);
    await configure('migrate-tenant', { timeoutSeconds: 3 });
    await tenants[0]?.misbehave({ how: 'wait', times: ALWAYS, ms: 20_000 });
    const run = await executions.run({ maxConcurrency: 2 });
    expect(run).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
    expect(await summary(run.name)).toMatchObject({
      counts: { migrated: 1, failed: 1 },
      failures: [{ code: 'MigratorTimedOut' }],
    });
    await tenants[0]?.misbehave(undefined);
    const redriven = await executions.redrive(run.arn);
    expect(redriven).toMatchObject({ status: 'SUCCEEDED', output: { counts: { migrated: 2 } } });
    expect(await migrated()).toHaveLength(2);
  });

  it('a migrator that runs out of memory fails its tenant with a cause, and a redrive finishes it', async () => {
    const { tenants, migrated } = await fleet(2);
    await configure('migrate-tenant', { memoryMegabytes: 160 });
    await tenants[0]?.misbehave({ how: 'eat', times: ALWAYS });
    const run = await executions.run({ maxConcurrency: 2 });
    expect(run).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
    const { counts, failures } = await summary(run.name);
    expect(counts).toMatchObject({ migrated: 1, failed: 1 });
    expect(failures[0]?.code).toBe('MigratorOutOfMemory');
    expect(failures[0]?.nextStep).toMatch(/memory/i);
    await tenants[0]?.misbehave(undefined);
    const redriven = await executions.redrive(run.arn);
    expect(redriven.status).toBe('SUCCEEDED');
    expect(await migrated()).toHaveLength(2);
  });
});

describe('results', () => {
  /** A run just before ReduceOutcomes, with the result files of its first round. */
  async function beforeReducing(tenants: number) {
    await fleet(tenants);
    const run = await whileThrottled('reduce-outcomes', () =>
      executions.run({ maxConcurrency: 4 }),
    );
    expect(run).toMatchObject({ status: 'FAILED', error: 'Lambda.TooManyRequestsException' });
    const results = await keys(`runs/${run.name}/results/`);
    const manifest = results.find((key) => key.endsWith('/manifest.json')) ?? '';
    const succeeded = results.find((key) => key.endsWith('/SUCCEEDED_0.jsonl')) ?? '';
    return { run, manifest, succeeded };
  }

  it('results of an interrupted run are reduced unchanged by a redrive', async () => {
    const { run } = await beforeReducing(4);
    const redriven = await executions.redrive(run.arn);
    expect(redriven).toMatchObject({ status: 'SUCCEEDED', output: { counts: { migrated: 4 } } });
    expect(await executions.mapRuns(run.arn)).toHaveLength(1);
  });

  it('results that never arrive do not count as successes: all are unknown, and checked again', async () => {
    const { run, manifest } = await beforeReducing(4);
    await deleteObject(manifest);
    const told = await executions.redrive(run.arn);
    expect(told).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
    expect(await summary(run.name)).toMatchObject({ total: 4, counts: { unknown: 4 } });
    const finished = await executions.redrive(run.arn);
    expect(finished).toMatchObject({
      status: 'SUCCEEDED',
      output: { total: 4, counts: { unchanged: 4 } },
    });
  });

  it('tenants whose results never arrived remain unknown', async () => {
    const { run, manifest, succeeded } = await beforeReducing(4);
    const lines = (await object(succeeded)).trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    const fewer = lines.slice(0, 3).join('\n');
    await putObject(succeeded, fewer);
    const named = JSON.parse(await object(manifest));
    named.ResultFiles.SUCCEEDED[0].Size = Buffer.byteLength(fewer);
    await putObject(manifest, JSON.stringify(named));
    const told = await executions.redrive(run.arn);
    expect(told).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
    expect(await summary(run.name)).toMatchObject({ counts: { migrated: 3, unknown: 1 } });
    const finished = await executions.redrive(run.arn);
    expect(finished).toMatchObject({ status: 'SUCCEEDED', output: { total: 4 } });
  });

  it('a result file that is missing or cut off is an error that names the file, until it is back', async () => {
    const { run, succeeded } = await beforeReducing(4);
    const text = await object(succeeded);
    for (const damage of [
      () => putObject(succeeded, text.slice(0, -20)),
      () => deleteObject(succeeded),
    ]) {
      await damage();
      const told = await executions.redrive(run.arn);
      expect(told.status).toBe('FAILED');
      expect(told.cause).toContain(succeeded);
    }
    await putObject(succeeded, text);
    const finished = await executions.redrive(run.arn);
    expect(finished).toMatchObject({ status: 'SUCCEEDED', output: { counts: { migrated: 4 } } });
  });
});
