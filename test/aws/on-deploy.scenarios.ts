import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { type Deployable, deploy, deployed } from './support/deploy.ts';
import { deployedStack } from './support/scenario.ts';
import { type MigrationsVariant, writeTenantMigrations } from './support/tenant-migrations.ts';

const { executions, fleet } = deployedStack();
const { stack, folder } = inject('aws');

async function withMigrations(
  variant: MigrationsVariant,
  onDeploy: Readonly<Record<string, unknown>> | undefined,
): Promise<Deployable> {
  await writeTenantMigrations(join(folder, 'migrations'), join(folder, 'orders'), variant);
  return { ...stack, config: { ...stack.config, ...(onDeploy && { onDeploy }) } };
}

/** Names of executions that were started meanwhile. */
async function startedBy(work: () => Promise<unknown>): Promise<string[]> {
  const before = new Set(await executions.list());
  await work();
  return (await executions.list()).filter((arn) => !before.has(arn));
}

/** Like all waits here these last a hundredth of their time, but the run that is waited for does not. */
const WAITING = { mode: 'wait', timeoutMinutes: 55 } as const;

describe('a run on deploy', () => {
  it('a run on deploy is started only if the migrations have changed', async () => {
    const { migrated } = await fleet(2);
    // The resource is new, and the stack's migrations are the same as before.
    const created = await startedBy(async () =>
      deployed(await withMigrations({}, { mode: 'start' })),
    );
    expect(created).toEqual([]);

    const next = await withMigrations({ next: true }, { mode: 'start' });
    const [arn = '', ...others] = await startedBy(() => deployed(next));
    expect(others).toEqual([]);
    const run = await executions.ended(arn);
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { counts: { migrated: 2 } } });
    expect(run.name).toMatch(/^deploy-[0-9a-f]+-/);
    expect(await migrated()).toHaveLength(2);

    expect(await startedBy(() => deployed(next))).toEqual([]);
  });

  it('a run that the deployment waits for ends the deployment, and fails it with its own message', async () => {
    const { migrated } = await fleet(2);
    const waiting = await withMigrations({}, WAITING);
    const [arn = ''] = await startedBy(() => deployed(waiting));
    expect((await executions.ended(arn)).status).toBe('SUCCEEDED');
    expect(await migrated()).toHaveLength(2);

    const failing = await withMigrations({ failing: true }, WAITING);
    let output = '';
    const [failed = '', ...others] = await startedBy(async () => {
      const result = await deploy(failing);
      expect(result.succeeded).toBe(false);
      output = result.output;
    });
    // One request of CloudFormation, one run.
    expect(failed).toMatch(/:deploy-[0-9a-f]{16}-/);
    expect(others).toEqual([]);
    expect(output).not.toContain('press Redrive');
    expect(await executions.ended(failed)).toMatchObject({ status: 'FAILED' });
    expect(output).toContain('0 of 2 tenants up to date, 2 failed for 1 reason');
  });
});
