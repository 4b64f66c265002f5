import { describe, expect, inject, it } from 'vitest';
import { type CliProcess, type CliResult, startCli } from '../cli/support/spawn-cli.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { OPERATOR } from './support/local-aws.ts';
import { remoteCli } from './support/remote-cli.ts';
import { deployedStack } from './support/scenario.ts';
import { until } from './support/until.ts';

const { executions, fleet, summary } = deployedStack();
const { environment } = inject('aws');

const fanfold = (argv: string): Promise<CliProcess> => remoteCli(argv, OPERATOR);

async function ended(argv: string): Promise<CliResult> {
  return (await fanfold(argv)).ended;
}

async function newest(): Promise<{ arn: string; name: string }> {
  const [arn = ''] = await executions.list();
  return { arn, name: arn.replace(/^.*:/, '') };
}

describe('the command line', () => {
  it('the command line starts a run and follows it to its end; a failed tenant is repaired and redriven', async () => {
    const { tenants, migrated } = await fleet(4);
    await tenants[1]?.breakDatabase();
    const failed = await ended('migrate:all-tenants --concurrency 4');
    expect(failed).toMatchObject({ exitCode: 1 });
    expect(failed.stdout + failed.stderr).toContain('TableExists');
    expect(await migrated()).toHaveLength(3);
    const { arn, name } = await newest();
    expect(await executions.ended(arn)).toMatchObject({ status: 'FAILED' });

    const followed = await ended(`follow ${name}`);
    expect(followed).toMatchObject({ exitCode: 1 });
    expect(followed.stdout).toContain('TableExists');

    await tenants[1]?.repairDatabase();
    const redriven = await ended(`migrate:retry ${name} --redrive`);
    expect(redriven).toMatchObject({ exitCode: 0 });
    expect(await executions.ended(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await migrated()).toHaveLength(4);

    const again = await ended(`migrate:retry ${name} --redrive`);
    expect(again.exitCode).toBeGreaterThan(1);
    expect(again.stderr).toMatch(/succeeded/i);
  });

  it('the command line retries in a new execution, plans, and names tenants', async () => {
    const { tenants, migrated } = await fleet(3);
    const [first, second] = tenants;
    const plan = await ended(`migrate:plan ${first?.slug}`);
    expect(plan).toMatchObject({ exitCode: 0 });
    expect(await migrated()).toEqual([]);
    expect(await ended(`migrate:tenant ${first?.slug}`)).toMatchObject({ exitCode: 0 });
    expect(await migrated()).toEqual([first?.slug]);
    await second?.breakDatabase();
    expect(await ended('migrate:all-tenants')).toMatchObject({ exitCode: 1 });
    await second?.repairDatabase();
    expect(await ended('migrate:retry last')).toMatchObject({ exitCode: 0 });
    expect(await migrated()).toHaveLength(3);
  });

  it('the command line rolls the newest run back, after a plan', async () => {
    const { migrated } = await fleet(3);
    expect(await ended('migrate:all-tenants --to 20260102000000_create_orders')).toMatchObject({
      exitCode: 0,
    });
    expect(await ended('migrate:all-tenants')).toMatchObject({ exitCode: 0 });
    const plan = await ended('migrate:plan --rollback last');
    expect(plan).toMatchObject({ exitCode: 0 });
    expect(await migrated()).toHaveLength(3);
    const back = await ended('migrate:rollback-run last --yes');
    expect(back).toMatchObject({ exitCode: 0 });
    expect(back.stdout).toContain('📊 Rollback Summary');
    expect(await migrated()).toEqual([]);
  });

  it('the command line slows a run down, stops it, and has its summary made', async () => {
    const { tenants, migrated } = await fleet(6);
    await tenants[0]?.misbehave({ how: 'wait', times: 1, ms: 30_000 });
    const following = await fanfold('migrate:all-tenants --concurrency 2');
    await until(async () => (await migrated()).length > 0);
    const { arn, name } = await newest();
    const givenWay = await ended('migrate:all-tenants --if-running skip');
    expect(givenWay).toMatchObject({ exitCode: 0 });
    expect(givenWay.stdout.replaceAll(/\s+/g, ' ')).toContain(`execution ${name} has been running`);
    // The newest run is the one that gave way.
    expect(await ended('throttle last --max-concurrency 1')).toMatchObject({ exitCode: 0 });
    const stopped = await ended('stop last');
    await tenants[0]?.misbehave(undefined);
    expect(stopped.exitCode).toBeLessThan(2);
    expect(await executions.ended(arn)).toMatchObject({ status: 'ABORTED' });
    expect((await following.ended).exitCode).toBeGreaterThan(0);
    expect((await summary(name)).total).toBe(6);
    expect(await ended(`migrate:retry ${name}`)).toMatchObject({ exitCode: 0 });
    expect(await migrated()).toHaveLength(6);
  });

  it('the command line detaches on Ctrl-C, and the run continues', async () => {
    const { tenants } = await fleet(2);
    await tenants[0]?.misbehave({ how: 'wait', times: 1, ms: 30_000 });
    const following = await fanfold('migrate:all-tenants');
    const before = await newest();
    await until(async () => (await newest()).arn !== before.arn || /follow/.test(following.stdout));
    await until(async () => (await executions.mapRuns((await newest()).arn)).length > 0);
    const { arn, name } = await newest();
    following.child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await following.ended;
    expect(exitCode).toBe(130);
    expect(stdout + stderr).toContain(`follow ${name}`);
    await tenants[0]?.misbehave(undefined);
    expect(await executions.ended(arn)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('the command line explains that no such stack exists', async () => {
    const { child, ...rest } = startCli(['follow', 'last', '--aws', 'no-such-stack'], {
      cwd: await fixtureFolder(),
      env: environment,
    });
    expect(child.pid).toBeDefined();
    const { exitCode, stderr } = await rest.ended;
    expect(exitCode).toBe(3);
    expect(stderr).toContain('no-such-stack');
  });
});
