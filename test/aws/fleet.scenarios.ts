import { describe, expect, it } from 'vitest';
import { deployedStack } from './support/scenario.ts';

const { executions, fleet, summary, object, keys } = deployedStack();

const PACE = { maxConcurrency: 6 };

describe('a fleet', () => {
  it('a fleet is migrated, recorded and reported', async () => {
    const { tenants, migrated, recordedFor } = await fleet(8);
    const run = await executions.run(PACE);
    expect(run).toMatchObject({ status: 'SUCCEEDED', redriveCount: 0 });
    expect(run.output).toMatchObject({
      runId: run.name,
      total: 8,
      counts: { migrated: 8, failed: 0 },
    });
    const slugs = tenants.map(({ slug }) => slug);
    expect(await migrated()).toEqual(slugs);
    expect(await recordedFor(run.name)).toEqual(slugs);
    expect(await summary(run.name)).toMatchObject({
      total: 8,
      counts: { migrated: 8 },
      applied: 24,
    });
    expect(await object(`runs/${run.name}/report.html`)).toContain('<html');
    expect(await keys(`items/${run.name}`)).toEqual([]);

    const again = await executions.run(PACE);
    expect(again.output).toMatchObject({ total: 8, counts: { unchanged: 8, migrated: 0 } });
  });

  it('a fleet without tenants succeeds', async () => {
    await fleet(0);
    const run = await executions.run();
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { total: 0 } });
  });

  it('a fleet can be planned', async () => {
    const { migrated, recordedFor } = await fleet(3);
    const run = await executions.run({ ...PACE, command: 'plan' });
    expect(run).toMatchObject({
      status: 'SUCCEEDED',
      output: { total: 3, counts: { planned: 3 } },
    });
    expect(await migrated()).toEqual([]);
    expect(await recordedFor(run.name)).toEqual([]);
  });

  it('a part of a fleet can be named by slug and by id', async () => {
    const { tenants, migrated } = await fleet(5);
    const [, second, , fourth] = tenants;
    const run = await executions.run({ ...PACE, tenants: [second?.slug, fourth?.id] });
    expect(run).toMatchObject({
      status: 'SUCCEEDED',
      output: { total: 2, counts: { migrated: 2 } },
    });
    expect(await migrated()).toEqual([second?.slug, fourth?.slug]);
  });
});

describe('3 of 40 broken tenants', () => {
  it('3 of 40 broken tenants fail the execution; after a repair and a redrive only they run, and the summary counts 40', async () => {
    const { tenants, migrated, recordedFor } = await fleet(40);
    const broken = [tenants[4], tenants[17], tenants[33]].filter((one) => one !== undefined);
    for (const one of broken) await one.breakDatabase();
    const brokenSlugs = broken.map(({ slug }) => slug);

    const failed = await executions.run(PACE);
    expect(failed).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
    expect(await migrated()).toHaveLength(37);
    expect(await recordedFor(failed.name)).toHaveLength(37);
    expect(await summary(failed.name)).toMatchObject({
      total: 40,
      counts: { migrated: 37, failed: 3, unknown: 0, skipped: 0 },
      failures: [{ code: 'TableExists', errno: 1050, count: 3 }],
    });
    const { errorMessage, stackTrace, trace = [] } = JSON.parse(failed.cause);
    expect(errorMessage).toContain('37 of 40 tenants up to date, 3 failed for 1 reason');
    expect(errorMessage).toContain('TableExists');
    expect(errorMessage).toContain(`runs/${failed.name}/report.html`);
    expect(errorMessage).toMatch(/[Rr]edrive/);
    for (const slug of brokenSlugs) expect(errorMessage).toContain(slug);
    expect([stackTrace ?? [], trace].flat().join('')).toBe('');
    expect(failed.cause.length).toBeLessThan(32_768);

    // Still broken: only those are looked at, and the execution fails again, as often as one likes.
    for (const redrives of [1, 2]) {
      const again = await executions.redrive(failed.arn);
      expect(again).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
      expect(again.redriveCount).toBe(redrives);
      const mapRuns = await executions.mapRuns(failed.arn);
      expect(mapRuns).toHaveLength(1 + redrives);
      expect(await executions.children(mapRuns.at(-1) ?? '')).toHaveLength(3);
      expect(await summary(failed.name)).toMatchObject({ counts: { migrated: 37, failed: 3 } });
    }

    for (const one of broken) await one.repairDatabase();
    const repaired = await executions.redrive(failed.arn);
    expect(repaired).toMatchObject({ status: 'SUCCEEDED', output: { total: 40 } });
    const [, , , last = ''] = await executions.mapRuns(failed.arn);
    const children = await executions.children(last);
    expect(children.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect(await migrated()).toHaveLength(40);
    expect(await recordedFor(failed.name)).toHaveLength(40);
    expect(await summary(failed.name)).toMatchObject({
      total: 40,
      counts: { migrated: 40, failed: 0 },
      failures: [],
      applied: 120,
    });
  });
});

describe('a wrong password in the central database', () => {
  it('a wrong password in the central database fails the tenant; corrected and redriven, the new one is used', async () => {
    const { tenants, migrated, seal } = await fleet(3);
    const [, tenant] = tenants;
    if (tenant === undefined) throw new Error('A fleet of 3 has a second tenant.');
    await tenant.update({ dbPassword: await seal(tenant, 'not-the-password') });
    const failed = await executions.run(PACE);
    expect(failed.status).toBe('FAILED');
    expect(failed.cause).toContain('AccessDenied');
    expect(await migrated()).toHaveLength(2);

    await tenant.update({ dbPassword: await seal(tenant) });
    const redriven = await executions.redrive(failed.arn);
    expect(redriven).toMatchObject({ status: 'SUCCEEDED', output: { total: 3 } });
    expect(await migrated()).toHaveLength(3);
  });
});
