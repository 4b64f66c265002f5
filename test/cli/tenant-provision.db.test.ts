import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { onServer } from '../support/provisioning.ts';
import { testServer } from '../support/server.ts';
import { type RealFleet, realFleet, writeMigrations } from './support/real-fleet.ts';
import { runCliProcess } from './support/spawn-cli.ts';

const CREATE_USERS = `export const up = (knex) => knex.schema.createTable('users', (t) => t.increments());
export const down = (knex) => knex.schema.dropTable('users');`;

/** A fleet without tenants, and a slug for one, whose database and user go when the test ends. */
async function emptyFleet(
  migrations: Record<string, string> = { '20260101000000_create_users.mjs': CREATE_USERS },
) {
  const fleet = await realFleet([], migrations);
  const { host, port, user, password } = testServer();
  const slug = `p5-${randomUUID().slice(0, 8)}`;
  onTestFinished(async () => {
    const root = await testServer().rootConnection();
    const { databases, users } = await onServer(slug);
    for (const name of databases) await root.query(`DROP DATABASE \`${name}\``);
    for (const name of users) await root.query(`DROP USER '${name}'@'%'`);
    await root.end();
  });
  const admin = `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}`;
  const run = (argv: string, more: Record<string, string> = {}) =>
    fleet.run(argv, { FANFOLD_ADMIN_URL: admin, ...more });
  return { fleet, slug, run, where: `--host ${host} --port ${port}` };
}

async function statusOf({ central }: RealFleet, slug: string) {
  const [row] = await central.query(
    'SELECT status, statusReason FROM tenants LEFT JOIN fanfold_tenants ON tenantId = id WHERE slug = ?',
    [slug],
  );
  return row;
}

describe('tenant:provision', { timeout: 120_000 }, () => {
  it('tenant:provision creates a tenant, prints the duration of each step, and never creates it twice', async () => {
    const { fleet, slug, run, where } = await emptyFleet();

    const made = await run(`tenant:provision ${slug} ${where}`);
    expect(made.stderr).toContain('Running the migrations');
    expect(made.exitCode).toBe(0);
    expect(made.stdout).toMatch(
      new RegExp(`^✅ ${slug} is ACTIVE: \\w+_db at [^ ]+, 1 migration in [0-9.]+ s\\n- claim: `),
    );
    expect(made.stdout).toMatch(/- activation: [0-9.]+ s\n$/);
    expect(await statusOf(fleet, slug)).toEqual({ status: 'ACTIVE', statusReason: null });
    expect((await run(`migrate:tenant ${slug}`)).exitCode).toBe(0);

    const again = await run(`tenant:provision ${slug} ${where}`);
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toContain(`There is a tenant with the slug "${slug}" already.`);

    const undone = await run(`tenant:provision ${slug} --undo --yes`);
    expect(undone.exitCode).toBe(2);
    expect(undone.stderr).toContain('is not taken away: it is ACTIVE');
    expect((await onServer(slug)).databases).toHaveLength(1);
  });

  it('a failed tenant:provision names the next step, resumes after the fix, and can be undone before', async () => {
    const { fleet, slug, run, where } = await emptyFleet({
      '20260101000000_create_users.mjs': CREATE_USERS,
      '20260102000000_break_it.mjs':
        'export const up = (knex) => knex.raw("SELECT * FROM nowhere");',
    });

    const failed = await run(`tenant:provision ${slug} ${where}`);
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout).toContain('20260102000000_break_it');
    expect(failed.stdout).toContain('In the step migrations');
    expect(await statusOf(fleet, slug)).toMatchObject({
      status: 'FAILED',
      statusReason: expect.stringContaining('TableMissing'),
    });
    expect(await onServer(slug)).toEqual({ databases: [], users: [] });

    const unconfirmed = await run(`tenant:provision ${slug} --undo`);
    expect(unconfirmed.exitCode).toBe(2);
    expect(unconfirmed.stderr).toContain('run it again with --yes');

    await writeMigrations(fleet.folder, {
      '20260102000000_break_it.mjs': 'export const up = async () => {};',
    });
    const repaired = await run(`tenant:provision ${slug} --json`);
    expect(JSON.parse(repaired.stdout)).toMatchObject({
      type: 'tenant-provisioned',
      status: 'active',
      tenant: { slug, status: 'ACTIVE' },
      steps: [{ step: 'claim', durationMs: expect.any(Number) }, {}, {}, {}, {}, {}],
    });
    expect(repaired.stdout).not.toContain('assword');
  });

  it('tenant:provision --undo removes a tenant that was never ACTIVE', async () => {
    const { fleet, slug, run, where } = await emptyFleet({
      '20260102000000_break_it.mjs':
        'export const up = (knex) => knex.raw("SELECT * FROM nowhere");',
    });
    await run(`tenant:provision ${slug} ${where}`);
    const gone = await run(`tenant:provision ${slug} --undo --yes`);
    expect(gone.stdout).toBe(`✅ Removed ${slug}: its row.\n`);
    expect(gone.exitCode).toBe(0);
    expect(await statusOf(fleet, slug)).toBeUndefined();
    expect((await run(`tenant:provision ${slug} --undo --yes`)).exitCode).toBe(2);
  });

  it('tenant:provision reports mistakes before it changes anything', async () => {
    const { fleet, slug, run, where } = await emptyFleet();
    for (const [argv, exitCode, message] of [
      [`tenant:provision Acme! ${where}`, 2, 'The slug of a tenant cannot be "Acme!"'],
      [`tenant:provision ${'x'.repeat(64)} ${where}`, 2, 'The slug of a tenant cannot be'],
      [`tenant:provision ${slug}`, 2, 'Name it with --host'],
      [`tenant:provision ${slug} ${where} --database mysql`, 2, 'keep for itself'],
      [`tenant:provision ${slug} ${where} --user root`, 2, 'keeps for itself'],
      [`tenant:provision ${slug} ${where} --privileges SUPER`, 2, 'There is no privilege "SUPER"'],
    ] as const) {
      const { stderr, stdout, ...ended } = await run(argv);
      expect(ended.exitCode, argv).toBe(exitCode);
      expect(stderr.replaceAll(/\s+/g, ' ')).toContain(message);
      expect(stdout).toBe('');
    }
    expect(await fleet.central.query('SELECT id FROM tenants')).toEqual([]);
  });

  it('tenant:provision names a server without an administrator, and reads a file of administrators', async () => {
    const { fleet, slug, run, where } = await emptyFleet();
    const { host, port, user, password } = testServer();
    const file = join(fleet.folder, 'admins.json');
    await writeFile(file, JSON.stringify({ 'elsewhere:3306': { user, password } }));
    const env = { FANFOLD_ADMIN_URL: '', FANFOLD_ADMIN_FILE: file };

    const unknown = await run(`tenant:provision ${slug} ${where}`, env);
    expect(unknown.exitCode).toBe(1);
    expect(unknown.stdout.replaceAll(/\s+/g, ' ')).toContain(
      `No administrator's login is known for the database server ${host}:${port}; there are logins for elsewhere:3306.`,
    );

    await writeFile(file, JSON.stringify({ [`${host}:${port}`]: { user, password } }));
    expect((await run(`tenant:provision ${slug}`, env)).exitCode).toBe(0);
  });

  it('tenant:provision reads the key ring from a file, and writes version 2 on request', async () => {
    const { fleet, slug, run, where } = await emptyFleet();
    const file = join(fleet.folder, 'keys.json');
    const key = 'k'.repeat(32);
    await writeFile(file, `${JSON.stringify({ active: 'k9', keys: { k9: key } })}\n`);
    const env = { DB_ENCRYPTION_KEY: '', DB_ENCRYPTION_KEY_FILE: file };

    expect((await run(`tenant:provision ${slug} ${where}`, env)).exitCode).toBe(0);
    const [row] = await fleet.central.query('SELECT dbPassword FROM tenants WHERE slug = ?', [
      slug,
    ]);
    expect(row?.dbPassword).toMatch(/^v2:k9:/);
    expect((await run(`migrate:tenant ${slug}`, env)).exitCode).toBe(0);
    expect((await run(`migrate:tenant ${slug}`)).stdout).toContain('EncryptionKeyUnknown');
    const both = await run(`migrate:tenant ${slug}`, { DB_ENCRYPTION_KEY_FILE: file });
    expect(both.exitCode).toBe(3);
    expect(await readFile(file, 'utf8')).toContain(key);
  });

  it('tenant:provision creates a second user for migrations, whose password can be replaced by hand', async () => {
    const { fleet, slug, run, where } = await emptyFleet();
    const env = { DB_ENCRYPTION_FORMAT: 'v2' };
    const made = await run(`tenant:provision ${slug} ${where} --migration-privileges ALL`, env);
    expect(made.exitCode).toBe(0);
    const read = () =>
      fleet.central.query(
        'SELECT migrationUser, migrationPassword FROM tenants LEFT JOIN fanfold_tenants ON tenantId = id WHERE slug = ?',
        [slug],
      );
    const [row] = await read();
    const user = String(row?.migrationUser);
    expect((await onServer(slug)).users).toHaveLength(2);
    expect((await run(`migrate:doctor ${slug} --verbose`)).stdout).toContain(
      'works with rows only',
    );

    const root = await testServer().rootConnection();
    await root.query(`ALTER USER '${user}'@'%' IDENTIFIED BY 'Another-passw0rd!'`);
    const sealing = ['secrets:encrypt', '--tenant', slug, '--migration-user', user];
    const sealed = await runCliProcess(sealing, {
      cwd: fleet.folder,
      env: { ...fleet.env, ...env },
      stdin: 'Another-passw0rd!\n',
    });
    await fleet.central.query(
      'UPDATE fanfold_tenants JOIN tenants ON id = tenantId SET migrationPassword = ? WHERE slug = ?',
      [sealed.stdout.trim(), slug],
    );
    expect((await run(`migrate:tenant ${slug}`)).exitCode).toBe(0);
    const listed = await run('tenant:list --json');
    expect(listed.stdout).toContain(`"migrationUser":"${user}"`);
    expect(listed.stdout).not.toContain(sealed.stdout.trim());
  });
});
