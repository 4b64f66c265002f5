import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { startCli } from '../cli/support/spawn-cli.ts';
import { createDatabase } from '../support/database.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { deploy, deployed } from './support/deploy.ts';
import type { FleetTenant } from './support/fleet.ts';
import { makeIll } from './support/make-ill.ts';
import { remoteCli } from './support/remote-cli.ts';
import { deployedStack } from './support/scenario.ts';
import { type MigrationsVariant, writeTenantMigrations } from './support/tenant-migrations.ts';
import { until } from './support/until.ts';

const { executions, fleet, summary, keys } = deployedStack();
const { stack, folder, recording } = inject('aws');
const migrationsFolder = join(folder, 'migrations');

/** More than the retries of a batch. */
const ALWAYS = 1_000;

/** Writes the migrations that are to be deployed. */
const write = (variant: MigrationsVariant) =>
  writeTenantMigrations(migrationsFolder, join(folder, 'orders'), variant);

/** Rehearses the migrations, and returns the file of the evidence, which a deployment has never seen. */
async function rehearse(shapes?: string): Promise<string> {
  const scratch = await createDatabase('aws_gate');
  const evidence = join(folder, `rehearsal-${Date.now()}.json`);
  const { ended } = startCli(
    [
      ...['migrate:rehearse', '--migrations', migrationsFolder, '--stops', '1'],
      ...['--evidence', evidence, ...(shapes === undefined ? [] : ['--shapes', shapes])],
    ],
    { cwd: await fixtureFolder(), env: { FANFOLD_SCRATCH_URL: scratch.url } },
  );
  const { stderr, exitCode } = await ended;
  if (exitCode !== 0) throw new Error(stderr);
  return evidence;
}

/** The stack with evidence, as `requireRehearsal` of cdk.json names it. */
function withEvidence(requireRehearsal: string) {
  return { ...stack, config: { ...stack.config, requireRehearsal } };
}

/** Changes a tenant's table as somebody does by hand. */
async function changeByHand({ database }: Pick<FleetTenant, 'database'>): Promise<void> {
  const { host, port, user, password } = inject('server');
  const connection = await createConnection({ host, port, user, password, database });
  await connection.query('ALTER TABLE orders ADD by_hand INT');
  await connection.end();
}

async function deployPlain(): Promise<void> {
  await write({});
  await deployed(stack);
}

describe('a stack that requires a rehearsal', () => {
  it('a stack that requires a rehearsal migrates what was rehearsed, and ends before the first tenant otherwise', async () => {
    onTestFinished(deployPlain);
    const { tenants, migrated, add } = await fleet(3);
    await executions.run({ maxConcurrency: 3 });
    await write({ next: true });
    const evidence = await rehearse();
    const outputs = await deployed(withEvidence(evidence));
    expect(outputs.RequiresRehearsal).toBe('true');

    const [one, two] = tenants;
    if (one === undefined || two === undefined) throw new Error('There are three tenants.');
    await changeByHand(two);
    const canary = { waves: [{ tenants: [one.slug], canary: true }], maxConcurrency: 3 };
    const refused = await executions.run(canary);
    expect(refused).toMatchObject({ status: 'FAILED', error: 'RehearsalMissing' });
    expect(refused.cause).toMatch(
      /The shape [0-9a-f]{12} was not rehearsed\. 1 tenant: tenant-001\. No tenant was touched\./,
    );
    expect(await executions.mapRuns(refused.arn)).toEqual([]);

    // Nothing has changed: the same answer, from a second reading.
    const again = await executions.redrive(refused.arn);
    expect(again).toMatchObject({ status: 'FAILED', error: 'RehearsalMissing' });
    expect(await executions.mapRuns(refused.arn, 'CheckShapes')).toHaveLength(2);

    const cli = await remoteCli('migrate:all-tenants', 'gate');
    const shown = await cli.ended;
    expect(shown.exitCode).toBe(3);
    expect(shown.stderr.replaceAll(/\s+/g, ' ')).toContain(
      'was not rehearsed. 1 tenant: tenant-001.',
    );

    // Tenants that are not in the run do not matter, nor does one with nothing to do.
    const named = await executions.run({ tenants: [one.slug], maxConcurrency: 3 });
    expect(named).toMatchObject({ status: 'SUCCEEDED', output: { counts: { migrated: 1 } } });

    // A new tenant has the shape of an empty database, which every rehearsal begins with.
    await add();
    const rest = [one, tenants[2], tenants[3]].map((tenant) => tenant?.slug);
    const others = await executions.run({ tenants: rest, maxConcurrency: 3 });
    expect(others).toMatchObject({
      status: 'SUCCEEDED',
      output: { counts: { migrated: 2, unchanged: 1 } },
    });
    expect(await migrated()).toHaveLength(4);
    expect(await keys(`items/${others.name}`)).toEqual([]);
  });

  it('a stack that requires a rehearsal refuses a tenant alone whose shape changes after the others were looked at', async () => {
    onTestFinished(deployPlain);
    const { tenants, add } = await fleet(2);
    await executions.run({ maxConcurrency: 3 });
    await write({ next: true });
    await deployed(withEvidence(await rehearse()));
    const slow = await add();
    await slow.misbehave({ how: 'wait', times: 1, ms: 120_000 });
    const waves = [{ tenants: [slow.slug], canary: true }];
    const arn = await executions.start({ maxConcurrency: 3, waves });
    await until(async () => (await executions.mapRuns(arn)).length === 1);
    const [changed] = tenants;
    if (changed === undefined) throw new Error('There are two tenants.');
    await changeByHand(changed);
    await slow.misbehave(undefined);
    const run = await executions.ended(arn);
    expect(run).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
    expect(await summary(run.name)).toMatchObject({
      counts: { migrated: 2, failed: 1 },
      failures: [{ code: 'ShapeNotRehearsed', tenants: [{ slug: changed.slug }] }],
    });
  });

  it('a stack that requires a rehearsal is not deployed with evidence about other migrations, or with none', async () => {
    onTestFinished(deployPlain);
    await write({});
    const evidence = await rehearse();
    await write({ next: true });
    const stale = await deploy(withEvidence(evidence));
    expect(stale.succeeded).toBe(false);
    expect(stale.output).toContain('migrations were added or changed since the rehearsal');
    const missing = await deploy(withEvidence(join(folder, 'no-such-file.json')));
    expect(missing.succeeded).toBe(false);
    expect(missing.output).toContain(
      'no-such-file.json" of requireRehearsal cannot be read: ENOENT',
    );
  });
});

// Only if the functions run with our preload.
describe.runIf(recording)('a batch of which shapes are read', () => {
  it('a batch of which shapes are read is read again, or ends the run before the first tenant and a redrive migrates all', async () => {
    onTestFinished(deployPlain);
    const { migrated } = await fleet(3);
    await executions.run({ maxConcurrency: 3 });
    await write({ next: true });
    await deployed(withEvidence(await rehearse()));
    const before = await migrated();

    const failed: string[] = [];
    for (const [how, timeoutSeconds] of [['die'], ['throttle'], ['hang', 3]] as const) {
      await makeIll('shapes', how, ALWAYS, timeoutSeconds);
      const run = await executions.run({ maxConcurrency: 3 });
      expect([how, run]).toMatchObject([how, { status: 'FAILED', error: 'ShapesNotChecked' }]);
      expect(run.cause).toMatch(/could not all be read.*No tenant was touched.*Press Redrive/);
      expect(await executions.mapRuns(run.arn)).toEqual([]);
      failed.push(run.arn);
    }
    expect(await migrated()).toEqual(before);

    // Killed or refused for a moment, the function is called again.
    const counts = [{ migrated: 3 }, { unchanged: 3 }, { unchanged: 3 }];
    for (const [index, how] of (['die', 'throttle', 'hang'] as const).entries()) {
      const times = { die: 1, throttle: 3, hang: 0 }[how];
      await makeIll('shapes', how, times, 900);
      const arn = failed[index] ?? '';
      const redriven = await executions.redrive(arn);
      expect(redriven).toMatchObject({ status: 'SUCCEEDED', output: { counts: counts[index] } });
      expect(await executions.mapRuns(arn, 'CheckShapes')).toHaveLength(2);
      expect(await keys(`items/${redriven.name}`)).toEqual([]);
    }
  });
});
