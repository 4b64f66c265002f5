import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { encryptPasswordV1 } from '../../src/core/encryption/encrypt-password-v1.ts';
import { parseEncryptionKey } from '../../src/core/encryption/encryption-key.ts';
import { serverName } from '../../src/core/tenant.ts';
import { createDatabase } from '../support/database.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { realFleet, TEST_KEY } from './support/real-fleet.ts';
import { runCliProcess, startCli } from './support/spawn-cli.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 120_000 });

const MIGRATION = '20250127120000_add_priority_to_tasks';

const MIGRATIONS = {
  [`${MIGRATION}.js`]: `
    export async function up(knex) {
      await knex.schema.createTable('tasks', (table) => {
        table.increments('id');
        table.integer('priority');
      });
    }
    export async function down(knex) {
      await knex.schema.dropTable('tasks');
    }`,
};

const GUIDE_NAMES = ['Acme Corp', 'TechStart', 'Globex', 'Initech', 'Umbrella'];

/** The lines with the tenants in the order of their names: which one is done first is chance. */
function inOrder(stdout: string): string[] {
  const blocks = stdout.split(/^(?=🔄|={60}\n📊)/mu);
  const tenants = blocks.filter((block) => block.startsWith('🔄'));
  const others = blocks.filter((block) => !block.startsWith('🔄'));
  return [others[0] ?? '', ...tenants.sort(), ...others.slice(1)].join('').split('\n');
}

describe('a fleet of five', () => {
  test('a fleet of five is migrated with the output of the guide, and is up to date afterwards', async () => {
    const fleet = await realFleet(GUIDE_NAMES, MIGRATIONS);
    const { stdout, stderr, exitCode } = await fleet.run('migrate:all-tenants');
    const databaseOf = (name: string) =>
      fleet.tenants[GUIDE_NAMES.indexOf(name)]?.database ?? 'no such tenant';
    expect(inOrder(stdout)).toEqual([
      '🚀 Starting migration for all tenants...',
      '📋 Found 5 active tenant(s)',
      ...GUIDE_NAMES.toSorted().flatMap((name) => [
        `🔄 Migrating tenant: ${name} (${databaseOf(name)})`,
        `✅ ${name}: Ran 1 migrations:`,
        `- ${MIGRATION}.js`,
      ]),
      '============================================================',
      '📊 Migration Summary',
      '============================================================',
      '✅ Successful: 5',
      '❌ Failed: 0',
      '🎉 All tenant migrations completed successfully!',
      '',
    ]);
    expect(stderr).toMatch(/^Run \S+ took .* s\.\nReport: \.fanfold\/runs\/\S+\/report\.html\n$/);
    expect(exitCode).toBe(0);
    for (const tenant of fleet.tenants) {
      expect(await tenant.query('SELECT name, batch FROM knex_migrations')).toEqual([
        { name: `${MIGRATION}.js`, batch: 1 },
      ]);
    }

    const again = await fleet.run('migrate:all-tenants');
    expect(again.stdout.match(/^✅ .*: Already up to date$/gm)).toHaveLength(5);
    const status = await fleet.run('migrate:status');
    expect(status.stdout).toMatch(new RegExp(`^${MIGRATION} +0 +5$`, 'm'));
    const list = await fleet.run('tenant:list --json');
    const rows = list.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.every(({ schemaVersion, lastRunId }) => schemaVersion && lastRunId)).toBe(true);
  });

  test('a run leaves no secret in its output or its files', async () => {
    const fleet = await realFleet(['Acme'], MIGRATIONS);
    let text = '';
    for (const argv of ['migrate:all-tenants --json', 'migrate:plan --verbose', 'tenant:list']) {
      text += JSON.stringify(await fleet.run(argv));
    }
    const runs = join(fleet.folder, '.fanfold');
    for (const entry of await readdir(runs, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) text += await readFile(join(entry.parentPath, entry.name), 'utf8');
    }
    expect(text).toContain('Acme');
    expect(text).not.toContain(fleet.tenants[0]?.password);
    expect(text).not.toContain(TEST_KEY);
  });
});

describe('a failure', () => {
  test('a failure is reported, stored and retried', async () => {
    const fleet = await realFleet(['Acme', 'Beta'], MIGRATIONS);
    await fleet.tenants[0]?.query('CREATE TABLE tasks (id INT)');
    const first = await fleet.run('migrate:all-tenants');
    expect(first.stdout).toMatch(
      /^❌ Acme: Migration failed: .*tasks.*\n {3}In 20250127120000_add_priority_to_tasks, statement 1: create table `tasks` .*\n {3}Error \w+ \(errno 1050, SQLSTATE 42S01\)\n {3}Next: /m,
    );
    expect(first.stdout).toContain('✅ Successful: 1\n❌ Failed: 1\n\n1 failed, 1 cause:\n');
    expect(first.exitCode).toBe(1);
    const [, runId] = /Retry with: fanfold migrate:retry (\S+)\n$/.exec(first.stdout) ?? [];
    const path = join(fleet.folder, '.fanfold/runs', runId ?? '', 'report.html');
    const report = await readFile(path, 'utf8');
    const server = fleet.tenants[0] && serverName(fleet.tenants[0]);
    expect(report).toContain(`<td class="host"><code><bdi>${server}</bdi></code></td>`);
    expect(report).toContain('<h3>Slowest tenants</h3>');
    expect(report).toContain(`fanfold migrate:retry ${runId}`);

    await fleet.tenants[0]?.query('DROP TABLE tasks');
    const retry = await fleet.run(`migrate:retry ${runId}`);
    expect(retry.stdout).toContain('📋 Found 1 tenant(s) to retry\n');
    expect(retry.exitCode).toBe(0);
  });
});

describe('a new user', () => {
  test('a new user gets from nothing to a migrated tenant with the command line alone', async () => {
    const folder = await fixtureFolder();
    const central = await createDatabase('cli_central');
    const acme = await createDatabase('cli_tenant');
    const env = { CENTRAL_DATABASE_URL: central.url, DB_ENCRYPTION_KEY: TEST_KEY };
    const run = (argv: string, stdin?: string) =>
      runCliProcess(argv.split(' '), {
        cwd: folder,
        env,
        ...(stdin === undefined ? {} : { stdin }),
      });

    const latest = await run('migrate:latest');
    expect(latest.stdout).toMatch(/^🚀 .*\n✅ Ran \d+ migrations:\n- \d{14}_create_tenants/);
    const none = await run('migrate:all-tenants --migrations nowhere');
    expect(none).toMatchObject({ exitCode: 3 });
    const made = await run('migrate:make create_invoices');
    expect(made.stdout).toMatch(/^✅ Created migrations\/tenant\/\d{14}_create_invoices\.ts\n$/);
    const zero = await run('migrate:all-tenants');
    expect(zero.stdout).toContain('Nothing to migrate: no tenant is ACTIVE.');
    expect(zero.exitCode).toBe(0);
    const { host, port, database, user, password } = acme;
    const where = `--host ${host} --port ${port} --database ${database} --user ${user}`;
    const added = await run(`tenant:add --slug acme ${where} --password-stdin`, `${password}\n`);
    expect(added.stdout).toMatch(/^✅ Added acme \(ACTIVE\), id /);
    const migrated = await run('migrate:tenant acme');
    expect(migrated.stdout).toContain('🎉 Tenant migration completed successfully!');
    const suspended = await run('tenant:status acme SUSPENDED');
    expect(suspended.stdout).toBe('✅ acme is SUSPENDED now, and was ACTIVE\n');
    expect(await run('migrate:tenant acme')).toMatchObject({ exitCode: 2 });
    // The table of the tenants is not dropped while it holds one.
    expect(await run('migrate:rollback')).toMatchObject({ exitCode: 3 });
    const list = await run('tenant:list');
    expect(list.stdout).toContain(`acme\tSUSPENDED\t${database}\t${host}:${port}\n`);
  });
});

describe('tenants that cannot be migrated', () => {
  test('tenants that cannot be migrated fail for their own reasons, and block no other', async () => {
    const fleet = await realFleet(
      ['Acme', 'Another key', 'Malformed', 'No host', 'No database', 'Suspended'],
      MIGRATIONS,
    );
    const change = (slug: string, column: string, value: string) =>
      fleet.central.query(`UPDATE tenants SET ${column} = ? WHERE slug = ?`, [value, slug]);
    const anotherKey = parseEncryptionKey('b'.repeat(32));
    await change('another-key', 'dbPassword', encryptPasswordV1(anotherKey, 'secret'));
    await change('malformed', 'dbPassword', 'plain text');
    await change('no-host', 'dbHost', '');
    await change('no-database', 'dbName', 'fanfold_nowhere');
    await change('suspended', 'status', 'SUSPENDED');

    const { stdout, exitCode } = await fleet.run('migrate:all-tenants');
    expect(stdout).toContain('✅ Successful: 1\n❌ Failed: 4\n\n4 failed, 4 causes:\n');
    expect(stdout).toMatch(/\n {3}Error PasswordWrongKey\n {3}Tenants: another-key\n/);
    expect(stdout).toMatch(/\n {3}Error PasswordFormatInvalid\n {3}Tenants: malformed\n/);
    expect(stdout).toMatch(/\n {3}Error AddressIncomplete\n {3}Tenants: no-host\n/);
    expect(stdout).toMatch(/\n {3}Error Database\w+\n {3}Tenants: no-database\n/);
    expect(stdout).not.toContain('uspended');
    expect(exitCode).toBe(1);

    const named = await fleet.run('migrate:tenant suspended');
    expect(named.stderr).toContain('"suspended"');
    expect(named.exitCode).toBe(2);
    expect(await fleet.tenants.at(-1)?.query('SHOW TABLES')).toEqual([]);
  });
});

describe('a process', () => {
  test('a run continues when nobody reads its output any more', async () => {
    const fleet = await realFleet(['Acme', 'Beta'], MIGRATIONS);
    const cli = startCli(['migrate:all-tenants'], { cwd: fleet.folder, env: fleet.env });
    cli.child.stdout?.destroy();
    const { stderr, exitCode } = await cli.ended;
    expect(stderr).toMatch(/^Run \S+ took/);
    expect(exitCode).toBe(0);
  });

  test('the process does not wait for resources that a migration left open', async () => {
    const fleet = await realFleet(['Acme'], {
      '1_lingering.js': 'export async function up() { setInterval(() => {}, 1_000); }',
    });
    const { exitCode } = await fleet.run('migrate:tenant acme');
    expect(exitCode).toBe(0);
  });

  test('a run with its output on a full disk continues, and reports that at the end', async () => {
    const fleet = await realFleet(['Acme', 'Beta'], MIGRATIONS);
    const { stderr, exitCode } = await runCliProcess(['migrate:all-tenants', '--json'], {
      cwd: fleet.folder,
      env: fleet.env,
      stdout: '/dev/full',
    });
    expect(stderr).toContain('Standard output could not be written: ENOSPC');
    expect(exitCode).toBe(3);
    for (const tenant of fleet.tenants) {
      expect(await tenant.query('SELECT name FROM knex_migrations')).not.toEqual([]);
    }
  });
});
