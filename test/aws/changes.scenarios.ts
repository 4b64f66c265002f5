import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { deployed } from './support/deploy.ts';
import { deployedStack } from './support/scenario.ts';
import { type MigrationsVariant, writeTenantMigrations } from './support/tenant-migrations.ts';
import { until } from './support/until.ts';

const { executions, fleet, summary, outputs, secret, putSecret } = deployedStack();
const { stack, folder } = inject('aws');

/** Deploys the stack with other migrations, and says which bundle that is. */
async function deployVariant(variant: MigrationsVariant): Promise<string | undefined> {
  const migrationsFolder = join(folder, 'migrations');
  await writeTenantMigrations(migrationsFolder, join(folder, 'orders'), variant);
  return (await deployed(stack)).BundleHash;
}

describe('while a run is under way', () => {
  it('a tenant that is added is migrated too, and one that is suspended is left alone', async () => {
    const { tenants, add, migrated } = await fleet(4);
    const [slow] = tenants;
    const last = tenants.at(-1);
    await slow?.misbehave({ how: 'wait', times: 1, ms: 30_000 });
    const waves = [{ tenants: [slow?.slug ?? ''], canary: true }];
    const arn = await executions.start({ maxConcurrency: 2, waves });
    await until(async () => (await executions.mapRuns(arn)).length === 1);
    const late = await add();
    await last?.update({ status: 'SUSPENDED' });
    await slow?.misbehave(undefined);
    const run = await executions.ended(arn);
    expect(run.status).toBe('SUCCEEDED');
    expect(await migrated()).toEqual(
      tenants.map(({ slug }) => slug).filter((slug) => slug !== last?.slug),
    );
    expect(await migrated()).toContain(late.slug);
    expect(await summary(run.name)).toMatchObject({
      total: 5,
      counts: { migrated: 4, skipped: 1 },
    });
  });

  it('another bundle that is deployed during a run is not mixed in; a redrive uses it, but not an older one', async () => {
    const { tenants, migrated } = await fleet(6);
    await tenants[0]?.misbehave({ how: 'wait', times: 1, ms: 120_000 });
    const arn = await executions.start({ maxConcurrency: 1 });
    await until(async () => (await executions.mapRuns(arn)).length === 1);
    const next = await deployVariant({ next: true });
    expect(next).not.toBe(outputs.BundleHash);
    await tenants[0]?.misbehave(undefined);
    const failed = await executions.ended(arn);
    expect(failed).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
    expect(failed.cause).toContain('BundleChanged');
    // The one that was under way kept the code that it had begun with.
    expect(await summary(failed.name)).toMatchObject({ counts: { migrated: 1, failed: 5 } });

    await deployVariant({ older: true });
    const older = await executions.redrive(arn);
    expect(older.status).toBe('FAILED');
    expect(older.cause).toContain('BundleOlder');
    expect(await migrated()).toHaveLength(1);

    expect(await deployVariant({ next: true })).toBe(next);
    const redriven = await executions.redrive(arn);
    expect(redriven).toMatchObject({ status: 'SUCCEEDED', output: { total: 6 } });
    expect(await migrated()).toHaveLength(6);
    expect(await deployVariant({})).toBe(outputs.BundleHash);
  });
});

describe('a key', () => {
  it('a rotated key is read again by migrators that have only the old one', async () => {
    const keySecret = outputs.KeySecretArn ?? '';
    const bare = await secret(keySecret);
    const { tenants, migrated } = await fleet(2);
    const first = await executions.run({ maxConcurrency: 2, tenants: [tenants[0]?.slug] });
    expect(first.status).toBe('SUCCEEDED');

    const ring = { active: 'k2', keys: { k1: bare, k2: 'another-key-of-exactly-32-bytes!' } };
    await putSecret(keySecret, JSON.stringify(ring));
    try {
      const rotated = await fleet(3);
      const run = await executions.run({ maxConcurrency: 2 });
      expect(run).toMatchObject({ status: 'SUCCEEDED', output: { counts: { migrated: 3 } } });
      expect(await rotated.migrated()).toHaveLength(3);
      expect(await migrated()).toHaveLength(1);
    } finally {
      await putSecret(keySecret, bare);
    }
  });

  it('a key that the ring does not hold fails the tenant with its number', async () => {
    const keySecret = outputs.KeySecretArn ?? '';
    const bare = await secret(keySecret);
    const ring = { active: 'k9', keys: { k1: bare, k9: 'a-third-key-of-exactly-32-bytes!' } };
    await putSecret(keySecret, JSON.stringify(ring));
    const { tenants } = await fleet(1).finally(() => putSecret(keySecret, bare));
    expect(tenants).toHaveLength(1);
    const run = await executions.run();
    expect(run.status).toBe('FAILED');
    expect(run.cause).toContain('k9');
  });
});
