import { describe, expect, inject, it } from 'vitest';
import { makeIll } from './support/make-ill.ts';
import { deployedStack } from './support/scenario.ts';
import { setTimes } from './support/set-times.ts';

const { executions, fleet, summary, keys } = deployedStack();
const { localFolder, recording } = inject('aws');

const PACE = { maxConcurrency: 6 };

/** How many tenants each Map of an execution went through. */
async function itemsOf(arn: string) {
  const totals = async (of: 'MigrateTenants' | 'ProbeTenants') => {
    const totalOf = async (mapRun: string) =>
      (await executions.describeMapRun(mapRun)).counts.total;
    return Promise.all((await executions.mapRuns(arn, of)).map(totalOf));
  };
  return { asked: await totals('ProbeTenants'), attempted: await totals('MigrateTenants') };
}

/** Children of the first probe of an execution, by status. */
async function batchesOf(arn: string) {
  const [mapRun = ''] = await executions.mapRuns(arn, 'ProbeTenants');
  return (await executions.describeMapRun(mapRun)).children;
}

describe('a probe', () => {
  it('a probe of tenants with nothing to do settles all of them, without a child execution each', async () => {
    const { recordedFor } = await fleet(7);
    expect(await executions.run(PACE)).toMatchObject({ output: { counts: { migrated: 7 } } });
    const run = await executions.run({ ...PACE, waves: [{ percentage: 20, canary: true }] });
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { counts: { unchanged: 7 } } });
    expect(await itemsOf(run.arn)).toEqual({ asked: [2, 5], attempted: [] });
    expect(await batchesOf(run.arn)).toMatchObject({ total: 1, succeeded: 1 });
    expect(await summary(run.name)).toMatchObject({ total: 7, counts: { unchanged: 7 } });
    expect(await recordedFor(run.name)).toHaveLength(7);
    expect(await keys(`items/${run.name}`)).toEqual([]);
  });

  it('a probe leaves to the Map the tenants with something to do, and those that cannot be asked', async () => {
    const { tenants, add, seal, migrated } = await fleet(4);
    const [, wrong] = tenants;
    await executions.run(PACE);
    await add();
    await add();
    if (wrong === undefined) throw new Error('There is no second tenant.');
    await wrong.update({ dbPassword: await seal(wrong, 'not-the-password') });
    const run = await executions.run(PACE);
    expect(run).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
    expect(await itemsOf(run.arn)).toEqual({ asked: [6], attempted: [3] });
    expect(await summary(run.name)).toMatchObject({
      total: 6,
      counts: { unchanged: 3, migrated: 2, failed: 1 },
      failures: [{ tenants: [{ slug: wrong.slug }] }],
    });
    await wrong.update({ dbPassword: await seal(wrong) });
    const redriven = await executions.redrive(run.arn);
    expect(redriven).toMatchObject({
      status: 'SUCCEEDED',
      output: { total: 6, counts: { unchanged: 4, migrated: 2, failed: 0 } },
    });
    expect(await itemsOf(run.arn)).toEqual({ asked: [6], attempted: [3, 1] });
    expect(await migrated()).toHaveLength(6);
  });

  it('a probe answers a plan', async () => {
    const { add } = await fleet(3);
    await executions.run(PACE);
    await add();
    const run = await executions.run({ ...PACE, command: 'plan', probe: 'trust' });
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { counts: { planned: 4 } } });
    expect(await itemsOf(run.arn)).toEqual({ asked: [4], attempted: [] });
    expect((await summary(run.name)).plan).toMatchObject({ tenants: 1, upToDate: 3 });
  });

  it('a probe is not made if the request says so, nor by a rollback', async () => {
    await fleet(3);
    await executions.run(PACE);
    const none = await executions.run({ ...PACE, probe: 'none' });
    expect(none.output).toMatchObject({ counts: { unchanged: 3 } });
    expect(await itemsOf(none.arn)).toEqual({ asked: [], attempted: [3] });
    const back = await executions.run({ ...PACE, command: 'rollback', steps: 1 });
    expect(back.output).toMatchObject({ counts: { reverted: 3 } });
    expect(await itemsOf(back.arn)).toEqual({ asked: [], attempted: [3] });
  });

  it('a probe that trusts asks nobody who is recorded with the deployed version', async () => {
    const { tenants, add, recordedFor } = await fleet(4);
    const first = await executions.run(PACE);
    await add();
    const run = await executions.run({ ...PACE, probe: 'trust' });
    expect(run.output).toMatchObject({ total: 5, counts: { unchanged: 4, migrated: 1 } });
    expect(await itemsOf(run.arn)).toEqual({ asked: [1], attempted: [1] });
    expect((await summary(run.name)).notes).toEqual({ Trusted: 4 });
    expect(await recordedFor(first.name)).toHaveLength(4);
    const again = await executions.run({ ...PACE, probe: 'trust' });
    expect(again.output).toMatchObject({ counts: { unchanged: 5 } });
    expect(await itemsOf(again.arn)).toEqual({ asked: [], attempted: [] });
    // A failure makes a record worthless: the next run asks again.
    await tenants[2]?.update({ dbHost: 'nowhere.invalid' });
    await executions.run({ ...PACE, tenants: [tenants[2]?.slug] });
    const later = await executions.run({ ...PACE, probe: 'trust' });
    expect(later).toMatchObject({ status: 'FAILED' });
    expect(await itemsOf(later.arn)).toEqual({ asked: [1], attempted: [1] });
  });
});

// Only if the functions run with our preload.
describe.runIf(recording)('a probe whose function is killed', () => {
  it('a probe whose function is killed leaves its tenants to the Map, each counted once', async () => {
    const { add, migrated } = await fleet(3);
    await executions.run(PACE);
    await add();
    await makeIll('probe', 'die', 100);
    const run = await executions.run(PACE);
    expect(run).toMatchObject({
      status: 'SUCCEEDED',
      output: { total: 4, counts: { unchanged: 3, migrated: 1, failed: 0 } },
    });
    expect(await itemsOf(run.arn)).toEqual({ asked: [4], attempted: [4] });
    expect(await batchesOf(run.arn)).toMatchObject({ total: 1, failed: 1 });
    expect(await migrated()).toHaveLength(4);
  });
});

// Only of the local endpoint, which lets EXPRESS children run twice and end early, as those of AWS may.
describe.runIf(localFolder !== undefined)('a probe in EXPRESS children', () => {
  it('a probe whose batches run twice counts each tenant once', async () => {
    const { add } = await fleet(3);
    await executions.run(PACE);
    await add();
    await setTimes({ expressRuns: 2 });
    const run = await executions.run(PACE);
    expect(run.output).toMatchObject({ total: 4, counts: { unchanged: 3, migrated: 1 } });
    expect(await itemsOf(run.arn)).toEqual({ asked: [4], attempted: [1] });
  });

  it('a probe whose batch is at the time limit of its child leaves its tenants to the Map', async () => {
    await fleet(3);
    await executions.run(PACE);
    await setTimes({ expressSeconds: 0.001 });
    const run = await executions.run(PACE);
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { counts: { unchanged: 3 } } });
    expect(await batchesOf(run.arn)).toMatchObject({ total: 1, timedOut: 1 });
    expect(await itemsOf(run.arn)).toEqual({ asked: [3], attempted: [3] });
  });
});
