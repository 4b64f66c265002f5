import { randomBytes } from 'node:crypto';
import { escapeId } from 'mysql2/promise';
import { describe, expect, inject, it } from 'vitest';
import { databaseNameOf, userNameOf } from '../../src/core/provision/tenant-names.ts';
import type { CliResult } from '../cli/support/spawn-cli.ts';
import { rememberSecret } from './support/fleet.ts';
import {
  INSPECTOR,
  MOVER,
  PASSWORD_SETTER,
  REPAIRER,
  RESOLVER,
  UNDOER,
} from './support/local-aws.ts';
import { type NewTenant, newTenant } from './support/new-tenants.ts';
import { remoteCli } from './support/remote-cli.ts';
import { deployedStack } from './support/scenario.ts';
import { until } from './support/until.ts';

const { executions, fleet, provisionings } = deployedStack();
const { folder } = inject('aws');

/** Runs a command whose databases only a function of the stack reaches. */
async function operator(argv: string, accessKey: string, stdin?: string): Promise<CliResult> {
  return (await remoteCli(argv, accessKey, stdin)).ended;
}

/** A tenant with a user of its own. */
async function provisioned(): Promise<NewTenant> {
  const tenant = await newTenant();
  expect((await provisionings.run(tenant.request)).status).toBe('SUCCEEDED');
  return tenant;
}

describe('migrate:status --aws', () => {
  it('migrate:status --aws shows a fleet that only a function of the stack reaches', async () => {
    const { tenants, add } = await fleet(4);
    const [first, second] = tenants;
    expect((await executions.run({ tenants: [first?.slug] })).status).toBe('SUCCEEDED');
    await second?.update({ dbPassword: 'no ciphertext' });
    await add('SUSPENDED');

    const { exitCode, stdout, stderr } = await operator('migrate:status --check', INSPECTOR);
    expect(stderr).toContain('Check failed: 2 tenants behind, 1 tenant could not be read.');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('📋 Found 4 active tenant(s), 3 migrations');
    expect(stdout).toContain('PasswordFormatInvalid');

    const json = (await operator('migrate:status --json', INSPECTOR)).stdout.trimEnd().split('\n');
    const lines = json.map((line) => JSON.parse(line));
    expect(lines).toHaveLength(5);
    expect(lines.at(-1)).toMatchObject({ type: 'fleet-status', total: 4, upToDate: 1, behind: 2 });
    expect(lines.find(({ tenant }) => tenant?.slug === first?.slug)).toMatchObject({
      status: 'read',
      standing: { at: '20260103000000_misbehave_where_asked', pending: [] },
    });
  });
});

describe('migrate:doctor --aws', () => {
  it('migrate:doctor --aws examines tenants, all of them or by name', async () => {
    const { tenants } = await fleet(3);
    const [first, second] = tenants;
    await second?.update({ dbName: 'ff_aws_of_nobody' });
    const all = await operator('migrate:doctor all', INSPECTOR);
    expect(all.stdout).toContain('📋 Found 3 tenant(s) to check');
    expect(all.stdout).toContain('✅ Healthy: 2');
    expect(all.stdout).toContain('❌ With problems: 1');
    expect(all.exitCode).toBe(1);
    const named = await operator(`migrate:doctor ${first?.slug} --json`, INSPECTOR);
    expect(named.exitCode).toBe(0);
    const [examined] = named.stdout.split('\n').map((line) => line && JSON.parse(line));
    expect(examined).toMatchObject({ type: 'tenant-examined', status: 'well' });
    const unknown = await operator('migrate:doctor nobody', INSPECTOR);
    expect(unknown).toMatchObject({ exitCode: 2, stdout: '' });
    expect(unknown.stderr).toContain('No tenant has the slug or id "nobody".');
  });

  it('migrate:doctor --fix --aws makes a database and an account that are missing', async () => {
    const tenant = await provisioned();
    await tenant.query(`DROP DATABASE ${escapeId(databaseNameOf(tenant.slug), true)}`);
    const { exitCode, stdout } = await operator(`migrate:doctor ${tenant.slug} --fix`, REPAIRER);
    expect(stdout).toContain(`🔧 ${tenant.slug}: CREATE DATABASE`);
    expect(exitCode).toBe(0);
    expect(await tenant.onServer()).toHaveLength(2);
  });
});

describe('migrate:resolve --aws', () => {
  it('migrate:resolve --aws shows a half-applied migration, and runs its down in a function', async () => {
    const { tenants, migrated } = await fleet(2);
    const [first] = tenants;
    await first?.misbehave({ how: 'break', times: 1 });
    const run = await executions.run();
    expect(run.status).toBe('FAILED');
    expect(await migrated()).toHaveLength(2);
    const migration = '20260103000000_misbehave_where_asked';

    const shown = await operator(`migrate:resolve ${first?.slug}`, RESOLVER);
    expect(shown.exitCode).toBe(1);
    expect(shown.stdout).toContain(`${migration} is half-applied`);
    expect(shown.stdout).toContain('--aws');
    const refused = await operator(`migrate:resolve ${first?.slug} --retry ${migration}`, RESOLVER);
    expect(refused.exitCode).not.toBe(0);
    expect(await migrated()).toHaveLength(2);

    const argv = `migrate:resolve ${first?.slug} --revert ${migration} --yes`;
    const reverted = await operator(argv, RESOLVER);
    expect(reverted.stderr).toContain('fanfold migrate:tenant');
    expect(reverted.exitCode).toBe(0);
    expect(await migrated()).toHaveLength(1);
    const after = await operator(`migrate:resolve ${first?.slug}`, RESOLVER);
    expect(after.stdout).toContain('no migration is half-applied');
    expect(after.exitCode).toBe(0);
  });
});

describe('passwords with --aws', () => {
  it('tenant:password --aws stores a password that works, and no other', async () => {
    const { tenants, seal, password } = await fleet(2);
    const [first] = tenants;
    const wrong = `wrong-${randomBytes(12).toString('base64url')}`;
    await rememberSecret(folder, wrong);
    if (first === undefined) throw new Error('A fleet of 2 has a first tenant.');
    await first.update({ dbPassword: await seal(first, wrong) });
    const argv = `tenant:password ${first.slug}`;
    const refused = await operator(argv, PASSWORD_SETTER, `${wrong}\n`);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('refused the login');
    expect(refused.stderr).not.toContain(wrong);
    const stored = await operator(argv, PASSWORD_SETTER, `${password}\n`);
    expect(stored.stdout).toBe(
      `✅ ${first.slug} has a new stored password, which its database accepts\n`,
    );
    expect((await executions.run()).output).toMatchObject({ counts: { migrated: 2 } });
  });

  it('tenant:password --generate and tenant:rotate-password with --aws set passwords that nobody sees', async () => {
    const tenant = await provisioned();
    const before = (await tenant.row())?.dbPassword;
    const rotated = await operator(`tenant:rotate-password ${tenant.slug}`, PASSWORD_SETTER);
    expect(rotated.stdout).toBe(`✅ ${tenant.slug} has a new password; the old one is revoked\n`);
    const between = (await tenant.row())?.dbPassword;
    expect(between).not.toBe(before);
    const generate = `tenant:password ${tenant.slug} --generate`;
    expect((await operator(generate, PASSWORD_SETTER)).stdout).toContain(
      'keeps its stored password',
    );
    await tenant.query(`ALTER USER '${userNameOf(tenant.slug)}'@'%' IDENTIFIED BY 'another-1A'`);
    expect((await operator(generate, PASSWORD_SETTER)).stdout).toContain('has a new password');
    expect((await executions.run({ tenants: [tenant.slug] })).output).toMatchObject({
      counts: { unchanged: 1 },
    });
  });
});

describe('tenant:move --aws', () => {
  it('tenant:move --aws changes an address at which the database answers, and no other', async () => {
    const tenant = await provisioned();
    const before = await tenant.row();
    const nowhere = await operator(`tenant:move ${tenant.slug} --host nowhere.invalid`, MOVER);
    expect(nowhere).toMatchObject({ exitCode: 1, stdout: '' });
    expect(nowhere.stderr).toContain('nowhere.invalid');
    const wrong = `wrong-${randomBytes(12).toString('base64url')}`;
    await rememberSecret(folder, wrong);
    const typed = `tenant:move ${tenant.slug} --host localhost --password-stdin`;
    const refused = await operator(typed, MOVER, `${wrong}\n`);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).not.toContain(wrong);
    expect(await tenant.row()).toEqual(before);

    const moved = await operator(`tenant:move ${tenant.slug} --host localhost`, MOVER);
    expect(moved.stderr).toBe('');
    expect(moved.stdout).toContain(`✅ ${tenant.slug} is at`);
    expect(moved.exitCode).toBe(0);
    expect((await tenant.row())?.dbPassword).not.toBe(before?.dbPassword);
    expect((await executions.run({ tenants: [tenant.slug] })).output).toMatchObject({
      counts: { unchanged: 1 },
    });
  });
});

describe('tenant:provision --undo --aws', () => {
  it('tenant:provision --undo --aws removes a tenant that was never ACTIVE, and no other', async () => {
    const ready = await provisioned();
    const refused = await operator(`tenant:provision ${ready.slug} --undo --yes`, UNDOER);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('it is ACTIVE');

    const tenant = await newTenant();
    await tenant.misbehave({ how: 'wait', times: 1, ms: 60_000 });
    const started = await provisionings.start(tenant.request);
    await until(async () => (await tenant.tables()).includes('orders'));
    await provisionings.stop(started);
    await tenant.misbehave(undefined);
    const undo = `tenant:provision ${tenant.slug} --undo`;
    const unconfirmed = await operator(undo, UNDOER);
    expect(unconfirmed.exitCode).toBe(2);
    expect(unconfirmed.stderr).toContain('will be dropped');
    const undone = await operator(`${undo} --yes`, UNDOER);
    expect(undone.stdout).toBe(`✅ Removed ${tenant.slug}: user, database and row.\n`);
    expect(undone.exitCode).toBe(0);
    expect(await tenant.row()).toBeUndefined();
    expect(await tenant.onServer()).toEqual([]);
  });
});
