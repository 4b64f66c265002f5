import { createConnection, escapeId } from 'mysql2/promise';
import { describe, expect, inject, it } from 'vitest';
import { openPassword } from '../../src/core/encryption/open-password.ts';
import { parseKeyRing } from '../../src/core/encryption/parse-key-ring.ts';
import { databaseNameOf } from '../../src/core/provision/tenant-names.ts';
import type { ProvisionProgress } from '../../src/core/wire/provision-schemas.ts';
import type { EndedExecution } from './support/executions.ts';
import { rememberSecret } from './support/fleet.ts';
import { configure } from './support/functions.ts';
import { SIGN_UP, UNDOER } from './support/local-aws.ts';
import { type NewTenant, newTenant } from './support/new-tenants.ts';
import { remoteCli } from './support/remote-cli.ts';
import { deployedStack } from './support/scenario.ts';
import { until } from './support/until.ts';

const { executions, fleet, outputs, provisionings, secret, putSecret, summary } = deployedStack();
const { admin, folder } = inject('aws');

const STEPS = ['claim', 'account', 'database', 'rights', 'migrations', 'activation'];
const TABLES = [
  'customers',
  'fanfold_journal',
  'knex_migrations',
  'knex_migrations_lock',
  'orders',
];

function progressOf({ output }: EndedExecution): ProvisionProgress {
  return output as unknown as ProvisionProgress;
}

/** The password of a provisioned tenant, noted for the search at the end. */
async function passwordOf(tenant: NewTenant): Promise<string> {
  const row = await tenant.row();
  const ring = parseKeyRing(await secret(outputs.KeySecretArn ?? ''));
  const address = {
    host: row?.dbHost,
    port: row?.dbPort,
    database: row?.dbName,
    user: row?.dbUser,
  };
  const password = openPassword(ring, { id: row?.id, address, encryptedPassword: row?.dbPassword });
  await rememberSecret(folder, password);
  return password;
}

async function expectReady(tenant: NewTenant): Promise<void> {
  expect(await tenant.row()).toMatchObject({ status: 'ACTIVE', statusReason: null });
  expect(await tenant.tables()).toEqual(TABLES);
}

describe('a tenant', () => {
  it('a tenant goes from nothing to ACTIVE, with the time of each step', async () => {
    const tenant = await newTenant();
    const { slug, request } = tenant;
    const ended = await provisionings.run({ ...request, name: 'New Corp' });
    expect(ended.cause).toBe('');
    const progress = progressOf(ended);
    expect(progress).toMatchObject({ slug, status: 'ACTIVE', applied: 3 });
    expect(progress.steps.map(({ step }) => step)).toEqual(STEPS);
    for (const { durationMs } of progress.steps) expect(durationMs).toBeGreaterThan(0);
    await expectReady(tenant);

    // Its user can log in, and see no other database.
    const row = await tenant.row();
    const connection = await createConnection({
      host: row?.dbHost,
      port: row?.dbPort,
      user: row?.dbUser,
      password: await passwordOf(tenant),
    });
    const [databases] = await connection.query('SHOW DATABASES');
    await connection.end();
    const names = (databases as object[]).flatMap((one): string[] => Object.values(one));
    // MySQL shows both of its own to everybody, MariaDB one.
    expect(names.filter((name) => !name.endsWith('_schema'))).toEqual([databaseNameOf(slug)]);

    // A run over the fleet finds nothing to do for it.
    const run = await executions.run({ tenants: [slug] });
    expect(run.output).toMatchObject({ counts: { unchanged: 1 } });

    const again = await provisionings.run({ tenantId: progress.tenantId });
    expect(progressOf(again)).toMatchObject({ status: 'ACTIVE', steps: [{ step: 'claim' }] });
    const taken = await provisionings.run(request);
    expect(taken).toMatchObject({ status: 'FAILED', error: 'SlugTaken' });
    await expectReady(tenant);
  });

  it('a tenant whose row an application has added gets a database, a user and a password', async () => {
    const tenant = await newTenant();
    const { slug, host, port } = tenant.request;
    const row = { id: crypto.randomUUID(), slug, name: slug, status: 'PROVISIONING' };
    const address = { dbHost: host, dbPort: port, dbName: '', dbUser: '', dbPassword: '' };
    await tenant.query('INSERT INTO tenants SET ?', [{ ...row, ...address }]);
    const ended = await provisionings.run({ tenantId: row.id });
    expect(progressOf(ended)).toMatchObject({ tenantId: row.id, slug, status: 'ACTIVE' });
    await expectReady(tenant);
    await passwordOf(tenant);
  });

  it('a tenant that is provisioned during a run misses no migration', async () => {
    const { tenants } = await fleet(2);
    const [first] = tenants;
    await first?.misbehave({ how: 'wait', times: 1, ms: 60_000 });
    const run = await executions.start({ maxConcurrency: 2 });
    await until(async () => (await executions.mapRuns(run)).length > 0);
    const tenant = await newTenant();
    expect((await provisionings.run(tenant.request)).status).toBe('SUCCEEDED');
    await first?.misbehave(undefined);
    const ended = await executions.ended(run);
    expect((await summary(ended.name)).total).toBe(3);
    await passwordOf(tenant);
  });

  it('a tenant gets a second user that migrates if the deployment is configured so', async () => {
    const privileges = { FANFOLD_MIGRATION_PRIVILEGES: 'ALL' };
    await configure('provision-tenant', { environment: privileges });
    const tenant = await newTenant();
    expect((await provisionings.run(tenant.request)).status).toBe('SUCCEEDED');
    await expectReady(tenant);
    await passwordOf(tenant);
    const row = await tenant.row();
    expect(row?.migrationUser).not.toBe(row?.dbUser);
    // The migrator of a run takes it from its item.
    const run = await executions.run({ tenants: [tenant.slug] });
    expect(run.output).toMatchObject({ counts: { unchanged: 1 } });
  });

  it('a tenant is provisioned at the same time as forty-nine others', async () => {
    const tenants = await Promise.all(Array.from({ length: 50 }, () => newTenant()));
    const ended = await Promise.all(tenants.map(({ request }) => provisionings.run(request)));
    expect(ended.map(({ status, cause }) => ({ status, cause }))).toEqual(
      tenants.map(() => ({ status: 'SUCCEEDED', cause: '' })),
    );
    for (const tenant of tenants) await expectReady(tenant);
    const passwords = await Promise.all(tenants.map(passwordOf));
    expect(new Set(passwords).size).toBe(50);
  });
});

describe('the command line', () => {
  const provision = async (argv: string, who = SIGN_UP) =>
    (await remoteCli(`tenant:provision ${argv}`, who)).ended;

  it('the command line provisions through the state machine, and reports how it ended', async () => {
    const tenant = await newTenant();
    const { slug, host, port } = tenant.request;
    const where = `--host ${host} --port ${port}`;
    await tenant.misbehave({ how: 'throw', times: 1 });
    const failed = await provision(`${slug} ${where}`);
    expect(failed).toMatchObject({ exitCode: 1 });
    expect(failed.stdout.replaceAll(/\s+/g, ' ')).toContain('MigrationThrew');
    expect(await tenant.row()).toMatchObject({ status: 'FAILED' });

    const { exitCode, stdout } = await provision(`${slug} ${where}`);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`✅ ${slug} is ACTIVE: 3 migrations in`);
    expect(stdout).toContain('- activation: ');
    await expectReady(tenant);
    await passwordOf(tenant);
    const taken = await provision(`${slug} ${where} --json`);
    expect(taken.exitCode).toBe(2);
    expect(JSON.parse(taken.stdout)).toMatchObject({ slug, error: 'SlugTaken' });
    expect(await provision(`${slug} --undo`, UNDOER)).toMatchObject({ exitCode: 2 });
  });
});

describe('an execution that is interrupted', () => {
  it('an interrupted execution is resumed by another one', async () => {
    const tenant = await newTenant();
    await tenant.misbehave({ how: 'wait', times: 1, ms: 60_000 });
    const first = await provisionings.start(tenant.request);
    await until(async () => (await tenant.tables()).includes('orders'));
    expect((await provisionings.stop(first)).status).toBe('ABORTED');
    expect(await tenant.row()).toMatchObject({ status: 'PROVISIONING' });
    // The function of the stopped execution goes on, under the fence.
    await tenant.misbehave(undefined);
    const second = await provisionings.run(tenant.request);
    expect(second.cause).toBe('');
    await expectReady(tenant);
    await passwordOf(tenant);
  });

  it('an execution that is interrupted in its function is resumed by the state itself', async () => {
    const tenant = await newTenant();
    await tenant.misbehave({ how: 'die', times: 1 });
    const ended = await provisionings.run(tenant.request);
    expect(ended.cause).toBe('');
    await expectReady(tenant);
    await passwordOf(tenant);
  });

  it('an execution that is interrupted by the end of its function’s time is resumed', async () => {
    await configure('provision-tenant', { timeoutSeconds: 5 });
    const tenant = await newTenant();
    await tenant.misbehave({ how: 'wait', times: 1, ms: 60_000 });
    const ended = await provisionings.run(tenant.request);
    expect(ended.cause).toBe('');
    const events = await provisionings.history(ended.arn);
    const errors = events.flatMap(({ taskFailedEventDetails: failed }) => failed?.error ?? []);
    expect(errors).toEqual(['Sandbox.Timedout']);
    await expectReady(tenant);
    await passwordOf(tenant);
  });
});

describe('what fails', () => {
  it('a failed migration marks the tenant as FAILED with the cause and removes its database; redriven it is ACTIVE', async () => {
    const tenant = await newTenant();
    await tenant.misbehave({ how: 'throw', times: 1 });
    const failed = await provisionings.run(tenant.request);
    expect(failed).toMatchObject({ status: 'FAILED', error: 'TenantProvisioningFailed' });
    expect(failed.cause).toContain('in the step migrations');
    expect(failed.cause).toContain('This tenant was asked to fail.');
    expect(await tenant.row()).toMatchObject({
      status: 'FAILED',
      statusReason: expect.stringContaining('asked to fail'),
    });
    expect(await tenant.onServer()).toEqual([]);
    const redriven = await provisionings.redrive(failed.arn);
    expect(redriven.cause).toBe('');
    await expectReady(tenant);
    await passwordOf(tenant);
  });

  it('an administrator’s wrong password is reported, and a redrive resumes with the right one', async () => {
    const tenant = await newTenant();
    const login = await secret(admin.secretArn);
    const wrong = JSON.stringify({ ...JSON.parse(login), password: 'wrong' });
    await putSecret(admin.secretArn, wrong);
    const failed = await provisionings
      .run(tenant.request)
      .finally(() => putSecret(admin.secretArn, login));
    expect(failed).toMatchObject({ status: 'FAILED', error: 'TenantProvisioningFailed' });
    expect(failed.cause).toContain('AdminAccessDenied');
    expect(failed.cause).toContain(admin.user);
    expect(await tenant.row()).toMatchObject({ status: 'FAILED' });
    expect((await provisionings.redrive(failed.arn)).status).toBe('SUCCEEDED');
    await expectReady(tenant);
    await passwordOf(tenant);
  });

  it('a server without an administrator is refused with a list of the configured servers', async () => {
    const tenant = await newTenant();
    const failed = await provisionings.run({ ...tenant.request, host: 'db9.example.com' });
    expect(failed.error).toBe('TenantProvisioningFailed');
    expect(failed.cause).toContain('AdminLoginMissing');
    expect(failed.cause).toContain('db9.example.com');
    expect(failed.cause).toContain(String(tenant.request.port));
  });

  it('an existing database of another owner is left unchanged', async () => {
    const tenant = await newTenant();
    const database = escapeId(databaseNameOf(tenant.slug), true);
    await tenant.query(`CREATE DATABASE ${database}`);
    await tenant.query(`CREATE TABLE ${database}.theirs (id INT)`);
    const failed = await provisionings.run(tenant.request);
    expect(failed.cause).toContain('DatabaseTaken');
    expect(await tenant.tables()).toEqual(['theirs']);
    expect(await tenant.onServer()).toHaveLength(1);
  });

  it.each([
    ['an unknown key', { slug: 'a', hots: 'h' }, ['hots', 'host']],
    ['no tenant', { host: 'h' }, ['tenantId', 'slug']],
    ['both', { slug: 'a', tenantId: 'b' }, ['tenantId', 'slug']],
    ['a port that is none', { slug: 'a', port: 70_000 }, ['port', '70000', '65,535']],
    ['no host', { slug: 'a-new-one' }, ['RequestInvalid', 'database server']],
    ['no object', ['a'], ['JSON object']],
    ['a tenant that there is not', { tenantId: 'nobody' }, ['TenantUnknown']],
    ['a slug that is none', { slug: 'No Slug!', host: 'h' }, ['No Slug!']],
  ])('a request with %s is refused before anything is done', async (_, request, words) => {
    const failed = await provisionings.run(request);
    expect(failed.status).toBe('FAILED');
    const said = `${failed.error}: ${failed.cause}`;
    for (const word of words) expect(said).toContain(word);
  });
});
