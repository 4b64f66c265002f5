import { describe, expect, it } from 'vitest';
import { deployedStack } from './support/scenario.ts';

const { executions, fleet, summary } = deployedStack();

const PACE = { maxConcurrency: 4 };

/** A fleet that two runs have brought up to date, the second with one migration. */
async function inTwoRuns(tenants: number) {
  const made = await fleet(tenants);
  const first = await executions.run({ ...PACE, to: '20260102000000_create_orders' });
  expect(first).toMatchObject({ status: 'SUCCEEDED', output: { applied: 2 * tenants } });
  const second = await executions.run(PACE);
  expect(second).toMatchObject({ status: 'SUCCEEDED', output: { applied: tenants } });
  expect(await made.migrated()).toHaveLength(tenants);
  return { ...made, first, second };
}

describe('a rollback', () => {
  it('a rollback can be planned, rolls back exactly what a run applied, and never empties a tenant', async () => {
    const { migrated, first, second } = await inTwoRuns(3);
    const rollback = { ...PACE, run: second.name };
    const plan = await executions.run({ ...rollback, command: 'plan', rollback: true });
    expect(plan).toMatchObject({ status: 'SUCCEEDED', output: { counts: { planned: 3 } } });
    expect(await migrated()).toHaveLength(3);

    const back = await executions.run({ ...rollback, command: 'rollback' });
    expect(back).toMatchObject({ status: 'SUCCEEDED', output: { counts: { reverted: 3 } } });
    expect(back.output?.message).toContain('3 of 3 tenants rolled back');
    expect(await migrated()).toEqual([]);

    const empty = await executions.run({ ...PACE, command: 'rollback', run: first.name });
    expect(empty).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
    expect(empty.cause).toContain('RollbackWouldEmpty');

    const again = await executions.run(PACE);
    expect(again).toMatchObject({ status: 'SUCCEEDED', output: { applied: 3 } });
    expect(await migrated()).toHaveLength(3);
  });

  it('a rollback that fails for one tenant is redriven for that tenant alone', async () => {
    const { tenants, migrated, seal, second } = await inTwoRuns(3);
    const [, tenant] = tenants;
    if (tenant === undefined) throw new Error('A fleet of 3 has a second tenant.');
    await tenant.update({ dbPassword: await seal(tenant, 'not-the-password') });
    const failed = await executions.run({ ...PACE, command: 'rollback', run: second.name });
    expect(failed).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
    expect(failed.cause).toContain('AccessDenied');
    expect(await migrated()).toEqual([tenant.slug]);

    await tenant.update({ dbPassword: await seal(tenant) });
    const redriven = await executions.redrive(failed.arn);
    expect(redriven).toMatchObject({ status: 'SUCCEEDED', output: { counts: { reverted: 3 } } });
    const mapRuns = await executions.mapRuns(failed.arn);
    expect(await executions.children(mapRuns.at(-1) ?? '')).toHaveLength(1);
    expect(await migrated()).toEqual([]);
    expect(await summary(failed.name)).toMatchObject({ total: 3, counts: { reverted: 3 } });
  });

  it.each([
    ['of no extent', { command: 'rollback' }, 'A rollback needs'],
    ['of a run that there is not', { command: 'rollback', run: 'no-such-run' }, 'RunUnknown'],
  ])('%s is refused', async (_, request, words) => {
    const { migrated } = await fleet(1);
    const run = await executions.run(request);
    expect(run.status).toBe('FAILED');
    expect(run.cause).toContain(words);
    expect(await migrated()).toEqual([]);
  });
});
