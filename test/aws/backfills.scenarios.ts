import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, inject, it, onTestFinished } from 'vitest';
import { deployed } from './support/deploy.ts';
import type { FleetTenant } from './support/fleet.ts';
import { configure } from './support/functions.ts';
import { OPERATOR } from './support/local-aws.ts';
import { remoteCli } from './support/remote-cli.ts';
import { deployedStack } from './support/scenario.ts';
import { BACKFILL, writeTenantMigrations } from './support/tenant-migrations.ts';
import { until } from './support/until.ts';

const { executions, fleet, summary, object } = deployedStack();
const { stack, folder } = inject('aws');
const migrationsFolder = join(folder, 'migrations');
const orders = join(folder, 'orders');

/** Rows by how often the backfill has changed them. */
async function counted(tenant: FleetTenant | undefined): Promise<Record<string, number>> {
  const rows = (await tenant?.select(
    'SELECT times, COUNT(*) AS found FROM {db}.counted GROUP BY times',
  )) as { times: number; found: number }[];
  return Object.fromEntries(rows.map(({ times, found }) => [times, Number(found)]));
}

async function hasUsed(tenant: FleetTenant): Promise<boolean> {
  return (await tenant.select("SHOW COLUMNS FROM {db}.counted LIKE 'used'")).length > 0;
}

async function operate(argv: string): Promise<string> {
  const { exitCode, stdout, stderr } = await (await remoteCli(argv, OPERATOR)).ended;
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

const ONCE = { 1: BACKFILL.rows };

it('backfills run after the schema changes of the fleet, are killed, continued, paused and resumed, and change each row once', async () => {
  onTestFinished(async () => {
    await writeTenantMigrations(migrationsFolder, orders);
    await deployed(stack);
  });
  await writeTenantMigrations(migrationsFolder, orders, { backfill: true });
  await deployed(stack);
  const { tenants } = await fleet(3);
  const [first, second, third] = tenants as [FleetTenant, FleetTenant, FleetTenant];

  // One is killed in the middle of a batch.
  await first.misbehave({ how: 'die', times: 1 });
  const alone = await executions.run({ phase: 'all', tenants: [first.slug] });
  expect(alone).toMatchObject({ status: 'SUCCEEDED', output: { counts: { migrated: 1 } } });
  // One Map for the schema, and one for the backfills.
  expect(await executions.mapRuns(alone.arn)).toHaveLength(2);
  expect(await counted(first)).toEqual(ONCE);
  expect(await hasUsed(first)).toBe(true);
  await first.misbehave(undefined);

  // The others get the schema, but not the migration that needs their rows.
  const schema = await executions.run({});
  expect(schema).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
  expect(await summary(schema.name)).toMatchObject({
    counts: { unchanged: 1, failed: 2 },
    failures: [{ code: 'BackfillPending' }],
  });
  expect(await counted(second)).toEqual({ 0: BACKFILL.rows });

  // Functions whose time is short continue in another one; a pause and a pace are followed in the middle.
  await configure('migrate-tenant', { timeoutSeconds: 6 });
  const arn = await executions.start({ phase: 'all' });
  const name = arn.replace(/^.*:/, '');
  await until(async () => ((await counted(second))[1] ?? 0) + ((await counted(third))[1] ?? 0) > 0);
  expect(await operate(`pause ${name}`)).toContain('stop after their batches');
  expect(JSON.parse(await object(`runs/${name}/control.json`))).toEqual({ isPaused: true });
  const done = async () => [await counted(second), await counted(third)];
  await delay(5_000);
  const held = await done();
  expect(held).not.toEqual([ONCE, ONCE]);
  await delay(2_000);
  expect(await done()).toEqual(held);
  expect(await hasUsed(second)).toBe(false);
  expect(await operate(`resume ${name} --pace 100`)).toContain('100% of the time');
  const run = await executions.ended(arn);
  expect(run).toMatchObject({
    status: 'SUCCEEDED',
    output: { counts: { migrated: 2, unchanged: 1 } },
  });
  expect(await done()).toEqual([ONCE, ONCE]);
  expect(await Promise.all(tenants.map(hasUsed))).toEqual([true, true, true]);
  // Their schema was up to date, so that only the backfills needed a Map.
  expect(await executions.mapRuns(arn)).toHaveLength(1);

  // With nothing to do, nobody gets a child, and no Map follows.
  const idle = await executions.run({ phase: 'all' });
  expect(idle).toMatchObject({ status: 'SUCCEEDED', output: { counts: { unchanged: 3 } } });
  expect(await executions.mapRuns(idle.arn)).toEqual([]);
});
